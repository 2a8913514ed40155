using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Validation;

/// <summary>What the files of a stash cost in tokens. All numbers are estimates: Claude's own vocabulary is not public.</summary>
/// <param name="EstimatedStartUpTokens">What Claude Code loads at every start: names and descriptions, memory and rules.</param>
/// <param name="EstimatedTokens">What all files together are.</param>
/// <param name="Files">Each file, in path order.</param>
internal sealed record StashBudget(int EstimatedStartUpTokens, long EstimatedTokens, IReadOnlyList<FileCost> Files);

/// <summary>What a file costs.</summary>
internal sealed record FileCost(Guid FileId, string Path, FileKind Kind, int EstimatedStartUpTokens, int EstimatedTokens);

internal static class GetStashBudget
{
    public static void MapGetStashBudget(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/budget", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetStashBudget))
            .WithSummary("Get what loading a stash costs in tokens, about")
            .WithResponseExample(new StashBudget(11, 24, [new FileCost(Files.FileSummary.Example.Id, Files.FileSummary.Example.Path, FileKind.Agent, 11, 24)]));

    private static async Task<Results<Ok<StashBudget>, NotFound>> HandleAsync(
        Guid stashId, ClaimsPrincipal user, StashAccess access, StashesDbContext db, CancellationToken cancellationToken)
    {
        if (!await access.StashesOf(user).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        var rows = await access.FilesOf(user)
            .Where(f => f.StashId == stashId)
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(f => new { f.Id, f.Path, f.Kind, f.Fields, f.Description, Tokens = f.Tokens ?? 0 })
            .ToListAsync(cancellationToken);
        var files = rows.ConvertAll(file => new FileCost(
            file.Id,
            file.Path,
            file.Kind,
            StartUpCost.Of(file.Path, file.Kind, file.Fields, file.Description, file.Tokens),
            file.Tokens));

        return TypedResults.Ok(new StashBudget(files.Sum(file => file.EstimatedStartUpTokens), files.Sum(file => (long)file.EstimatedTokens), files));
    }
}
