using Microsoft.Extensions.Logging;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Usage;

/// <summary>Sums up what owners keep; each process passes over what another one is at.</summary>
internal sealed class UsageCompaction(IServiceScopeFactory scopes, TimeProvider time, ILogger<UsageCompaction> logger)
    : Housekeeping(scopes, time, logger)
{
    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        await services.GetRequiredService<StashesDbContext>().CompactUsageAsync(cancellationToken);
}
