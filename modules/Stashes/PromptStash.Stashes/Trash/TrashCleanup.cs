using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>Purges what has been in the trash for longer than <see cref="StashesOptions.TrashRetention"/>.</summary>
internal sealed class TrashCleanup(
    IServiceScopeFactory scopes, IOptions<StashesOptions> options, TimeProvider time, ILogger<TrashCleanup> logger)
    : Housekeeping(scopes, time, logger)
{
    private readonly IServiceScopeFactory _scopes = scopes;
    private readonly TimeProvider _time = time;

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var oldest = _time.GetUtcNow() - options.Value.TrashRetention;
        for (var purged = 1; purged > 0;)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var entries = await scope.ServiceProvider.GetRequiredService<StashesDbContext>()
                .ReadTrashBeforeAsync(oldest, TrashPurger.MaxEntries, cancellationToken);

            // Where everything was restored meanwhile, or somebody else was faster, the next hour will do.
            purged = 0;
            foreach (var owner in entries.GroupBy(entry => entry.OwnerId))
            {
                purged += await scope.ServiceProvider.GetRequiredService<TrashPurger>().PurgeAsync(owner.Key, [.. owner], cancellationToken);
            }
        }
    }
}
