using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Validation;

/// <summary>Whether a stash can be given away: is it valid, does it hold secrets, what does it cost.</summary>
/// <param name="Ready">There is no error and no secret, and all files were looked at.</param>
/// <param name="Files">How many files there are.</param>
/// <param name="Errors">How many findings are errors; those that need other files are not among them.</param>
/// <param name="Warnings">How many are warnings.</param>
/// <param name="Infos">How many are remarks.</param>
/// <param name="Secrets">How many secrets were found, in the newest texts.</param>
/// <param name="Unchecked">How many files no check by today's rules has counted yet; it is under way, or there was more text than one request looks at.</param>
/// <param name="EstimatedStartUpTokens">What Claude Code loads of it at every start.</param>
/// <param name="EstimatedTokens">What all files together are.</param>
internal sealed record StashReadiness(
    bool Ready, int Files, int Errors, int Warnings, int Infos, int Secrets, int Unchecked, int EstimatedStartUpTokens, long EstimatedTokens);

internal static class GetStashReadiness
{
    /// <summary>How many findings a check stops at: beyond them a secret may hide.</summary>
    private const int MaxFindings = 200;

    public static void MapGetStashReadiness(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/readiness", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetStashReadiness))
            .WithSummary("Get whether a stash is valid, free of secrets, and what it costs in tokens")
            .WithDescription("For a badge, or before the stash is shared. What is wrong, and in which line, is told by /findings.")
            .WithResponseExample(new StashReadiness(Ready: false, 12, 1, 3, 0, 0, 0, 410, 18_300));

    private static async Task<Results<Ok<StashReadiness>, NotFound>> HandleAsync(
        Guid stashId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, IOptions<StashesOptions> options, CancellationToken cancellationToken)
    {
        if (!await access.StashesOf(user).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        var files = access.FilesOf(user).Where(f => f.StashId == stashId);
        var rows = await files
            .Select(f => new Row(f.Id, f.Path, f.Kind, f.Fields, f.Description, f.Tokens ?? 0, f.Errors, f.Warnings, f.Infos, f.CheckedRules == Checker.RulesVersion, f.Size))
            .ToListAsync(cancellationToken);

        // Where the last check found nothing there is no secret either. The rest is read: a secret may have come to stand there by hand.
        var (secrets, unread) = (0, 0);
        var room = (long)options.Value.MaxCheckedBytes;
        foreach (var suspect in rows.Where(row => row.IsSuspect))
        {
            room -= suspect.Size;
            if (room < 0)
            {
                unread++;
                continue;
            }

            var text = await files.Where(f => f.Id == suspect.Id).Select(f => f.Content).SingleOrDefaultAsync(cancellationToken);
            secrets += text is null ? 0 : SecretScan.Find(suspect.Path, text, suspect.Kind).Count;
        }

        var (errors, open) = (rows.Sum(row => row.Errors), Math.Max(unread, rows.Count(row => !row.IsChecked)));

        return TypedResults.Ok(new StashReadiness(
            errors == 0 && secrets == 0 && open == 0,
            rows.Count,
            errors,
            rows.Sum(row => row.Warnings),
            rows.Sum(row => row.Infos),
            secrets,
            open,
            rows.Sum(row => StartUpCost.Of(row.Path, row.Kind, StartUpCost.NameIn(row.Path, row.Kind, row.Fields), row.Description, row.Tokens)),
            rows.Sum(row => (long)row.Tokens)));
    }

    private sealed record Row(
        Guid Id, string Path, FileKind Kind, string[] Fields, string? Description, int Tokens, int Errors, int Warnings, int Infos, bool IsChecked, int Size)
    {
        public bool IsSuspect => !IsChecked || Errors > 0 || Warnings > 0 || Infos >= MaxFindings;
    }
}
