using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

/// <summary>
/// Settles suggestions that a process was deciding on when it died, and removes those that were decided on long ago or are for files that are
/// gone for good.
/// </summary>
internal sealed class SuggestionHousekeeping(
    IServiceScopeFactory scopes, IOptions<SharingOptions> options, TimeProvider time, ILogger<SuggestionHousekeeping> logger)
    : Housekeeping(scopes, time, logger)
{
    private const int Batch = 100;

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<SharingDbContext>();
        var files = services.GetRequiredService<IStashFiles>();
        var decisions = services.GetRequiredService<SuggestionDecisions>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var runOut = now - SuggestionDecisions.ClaimTime;
        var oldest = now - options.Value.DecidedSuggestionRetention;

        var left = await db.Suggestions
            .Where(s => s.Status == SuggestionStatus.Open && s.ClaimedAt < runOut)
            .OrderBy(s => s.ClaimedAt)
            .Take(Batch)
            .Select(s => new { s.Id, s.FileId })
            .ToListAsync(cancellationToken);
        var there = await files.FindTargetsAsync([.. left.Select(suggestion => suggestion.FileId).Distinct()], cancellationToken);
        foreach (var suggestion in left)
        {
            if (await decisions.ClaimAsync(suggestion.Id, cancellationToken) is not { } claim)
            {
                continue;
            }

            // The file may have been deleted while it was being decided on; that event left this one alone.
            if (there.ContainsKey(suggestion.FileId))
            {
                await decisions.ReleaseAsync(suggestion.Id, claim, cancellationToken);
            }
            else
            {
                await decisions.EndAsync(suggestion.Id, claim, SuggestionStatus.Declined, SuggestionDecisions.FileDeleted, cancellationToken);
            }
        }

        await files.ForEachGoneAsync(
            db.Suggestions.Select(s => s.FileId),
            gone => db.Suggestions.Where(s => gone.Contains(s.FileId)).ExecuteDeleteAsync(cancellationToken),
            cancellationToken);

        await db.Suggestions.Where(s => s.DecidedAt < oldest).ExecuteDeleteAsync(cancellationToken);
    }
}
