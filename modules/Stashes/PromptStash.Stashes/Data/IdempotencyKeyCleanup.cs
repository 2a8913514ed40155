using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PromptStash.Stashes.Data;

/// <summary>Forgets first answers that nobody will ask for again.</summary>
internal sealed class IdempotencyKeyCleanup(
    IServiceScopeFactory scopes, IOptions<StashesOptions> options, TimeProvider time, ILogger<IdempotencyKeyCleanup> logger)
    : Housekeeping(scopes, time, logger)
{
    private readonly TimeProvider _time = time;

    protected override Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var oldest = _time.GetUtcNow() - options.Value.IdempotencyKeyLifetime;

        return services.GetRequiredService<StashesDbContext>().IdempotencyKeys.Where(k => k.CreatedAt < oldest).ExecuteDeleteAsync(cancellationToken);
    }
}
