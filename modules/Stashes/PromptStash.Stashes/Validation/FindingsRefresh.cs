using Microsoft.Extensions.Logging;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Validation;

/// <summary>
/// Checks files again whose counts, description and search fields come from other rules than today's, or from none. Any number of processes may
/// run it: each writes only what it has read, if it is still there.
/// </summary>
internal sealed class FindingsRefresh(IServiceScopeFactory scopes, TimeProvider time, ILogger<FindingsRefresh> logger)
    : Housekeeping(scopes, time, logger)
{
    private const int BatchSize = 200;

    private const int DueAtOnce = 1_000;

    /// <summary>How often all files are asked, which no index helps with.</summary>
    private static readonly TimeSpan EverythingInterval = TimeSpan.FromHours(1);

    private readonly IServiceScopeFactory _scopes = scopes;
    private readonly TimeProvider _time = time;

    /// <summary>
    /// Other rules come with another program, so all files are asked at its start, and now and then after: a process of the program before, that
    /// is about to be replaced, goes on writing by its rules. Else only the stashes are asked where something is known to be due.
    /// </summary>
    private DateTimeOffset _everythingDue = DateTimeOffset.MinValue;

    protected override TimeSpan Interval => TimeSpan.FromMinutes(1);

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (now >= _everythingDue)
        {
            await RefreshAsync(files => files.Where(f => f.CheckedRules == null || f.CheckedRules != Checker.RulesVersion), cancellationToken);
            _everythingDue = now + EverythingInterval;
        }

        await RefreshDueAsync(cancellationToken);
    }

    /// <summary>
    /// What is noted is read before the files are, and only that is taken off the list when they are done: what is noted meanwhile stands for
    /// files that were perhaps not to be seen yet.
    /// </summary>
    private async Task RefreshDueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StashesDbContext>();
            var noted = await db.ChecksDue.OrderBy(due => due.Id).Take(DueAtOnce).Select(due => new { due.Id, due.StashId }).ToListAsync(cancellationToken);
            if (noted.Count == 0)
            {
                return;
            }

            foreach (var stash in noted.Select(due => due.StashId).Distinct())
            {
                await RefreshAsync(files => files.Where(f => f.StashId == stash && f.CheckedRules == null), cancellationToken);
            }

            var done = noted.ConvertAll(due => due.Id);
            await db.ChecksDue.Where(due => done.Contains(due.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private async Task RefreshAsync(Func<IQueryable<StashFile>, IQueryable<StashFile>> due, CancellationToken cancellationToken)
    {
        for (Guid? last = null; ;)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StashesDbContext>();
            var batch = await due(db.Files)
                .Where(f => f.DeletedAt == null && (last == null || f.Id > last))
                .OrderBy(f => f.Id)
                .Take(BatchSize)
                .Select(f => f.Id)
                .ToListAsync(cancellationToken);
            if (batch.Count == 0)
            {
                return;
            }

            foreach (var id in batch)
            {
                await CheckAsync(db, id, cancellationToken);
            }

            last = batch[^1];
        }
    }

    /// <summary>One file at a time: a text may have many megabytes, and nobody waits for this.</summary>
    private static async Task CheckAsync(StashesDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var file = await db.Files
            .Where(f => f.Id == id)
            .Select(f => new { f.Path, f.Kind, f.Version, f.Content })
            .SingleOrDefaultAsync(cancellationToken);
        if (file is null)
        {
            return;
        }

        // The version is of the content, path and kind say which rules there are for it: a file of which one has changed meanwhile is left to
        // whoever did.
        var facts = FileFacts.Of(file.Path, file.Content, file.Kind);
        await db.Files
            .Where(f => f.Id == id && f.Version == file.Version && f.Path == file.Path && f.Kind == file.Kind)
            .ExecuteUpdateAsync(
                f => f
                    .SetProperty(row => row.Description, facts.Description)
                    .SetProperty(row => row.Fields, facts.Fields)
                    .SetProperty(row => row.Tokens, facts.Tokens)
                    .SetProperty(row => row.CheckedRules, facts.CheckedRules)
                    .SetProperty(row => row.Errors, facts.Errors)
                    .SetProperty(row => row.Warnings, facts.Warnings)
                    .SetProperty(row => row.Infos, facts.Infos),
                cancellationToken);
    }
}
