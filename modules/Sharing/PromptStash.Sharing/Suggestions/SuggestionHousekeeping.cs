using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Suggestions;

/// <summary>Settles suggestions that a process was deciding on when it died, and removes those that were decided on long ago.</summary>
internal sealed class SuggestionHousekeeping(
    IServiceScopeFactory scopes, IOptions<SharingOptions> options, TimeProvider time, ILogger<SuggestionHousekeeping> logger)
    : Housekeeping(scopes, time, logger)
{
    private const int Batch = 100;

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<SharingDbContext>();
        var decisions = services.GetRequiredService<SuggestionDecisions>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var runOut = now - SuggestionDecisions.ClaimTime;
        var oldest = now - options.Value.DecidedSuggestionRetention;

        var left = await db.Suggestions
            .Where(s => s.Status == SuggestionStatus.Open && s.ClaimedAt < runOut)
            .OrderBy(s => s.ClaimedAt)
            .Take(Batch)
            .Select(s => s.Id)
            .ToListAsync(cancellationToken);
        foreach (var id in left)
        {
            if (await decisions.ClaimAsync(id, cancellationToken) is { } claim)
            {
                await decisions.ReleaseAsync(id, claim, cancellationToken);
            }
        }

        await db.Suggestions.Where(s => s.DecidedAt < oldest).ExecuteDeleteAsync(cancellationToken);
    }
}
