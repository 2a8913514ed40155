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
            .Select(f => new { f.Id, f.Path, f.Kind, f.Fields, f.Description, Tokens = f.Tokens ?? 0, f.Errors, f.Warnings, f.Infos, IsChecked = f.CheckedRules == Checker.RulesVersion })
            .ToListAsync(cancellationToken);
        var (secrets, unread) = await CountSecretsAsync(files, options.Value.MaxCheckedBytes, cancellationToken);
        var errors = rows.Sum(row => row.Errors);
        var open = rows.Count(row => !row.IsChecked || unread.Contains(row.Id));

        return TypedResults.Ok(new StashReadiness(
            errors == 0 && secrets == 0 && open == 0,
            rows.Count,
            errors,
            rows.Sum(row => row.Warnings),
            rows.Sum(row => row.Infos),
            secrets,
            open,
            rows.Sum(row => StartUpCost.Of(row.Path, row.Kind, row.Fields, row.Description, row.Tokens)),
            rows.Sum(row => (long)row.Tokens)));
    }

    /// <summary>How many secrets there are, and in which files none was looked for, because there is more text than is read for one request.</summary>
    private static async Task<(int Secrets, HashSet<Guid> Unread)> CountSecretsAsync(IQueryable<StashFile> files, long room, CancellationToken cancellationToken)
    {
        var suspects = await files.ThatMayHoldSecrets().OrderBy(f => f.Id).Select(f => new { f.Id, f.Size }).ToListAsync(cancellationToken);
        var read = new List<Guid>();
        foreach (var suspect in suspects.Where(suspect => suspect.Size <= room))
        {
            room -= suspect.Size;
            read.Add(suspect.Id);
        }

        var secrets = 0;
        var texts = files.Where(f => read.Contains(f.Id)).Select(f => new { f.Path, f.Kind, f.Content }).AsAsyncEnumerable();
        await foreach (var file in texts.WithCancellation(cancellationToken))
        {
            secrets += SecretScan.Find(file.Path, file.Content, file.Kind).Count;
        }

        return (secrets, [.. suspects.Select(suspect => suspect.Id).Except(read)]);
    }
}
