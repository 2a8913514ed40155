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

    private readonly IServiceScopeFactory _scopes = scopes;

    /// <summary>
    /// Other rules come with another program, so all files are asked once, at its start; later only those that were never checked, which a
    /// partial index knows.
    /// </summary>
    private bool _everything = true;

    protected override TimeSpan Interval => TimeSpan.FromMinutes(1);

    protected override async Task WorkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await RefreshAsync(_everything, cancellationToken);
        _everything = false;
    }

    private async Task RefreshAsync(bool everything, CancellationToken cancellationToken)
    {
        for (Guid? last = null; ;)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StashesDbContext>();
            var due = everything ? db.Files.Where(f => f.CheckedRules == null || f.CheckedRules != Checker.RulesVersion) : db.Files.Where(f => f.CheckedRules == null);
            var batch = await due
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

        // The version is of the content, the path of the place: a file that was written or moved meanwhile is left to whoever did.
        var facts = FileFacts.Of(file.Path, file.Content, file.Kind);
        await db.Files
            .Where(f => f.Id == id && f.Version == file.Version && f.Path == file.Path)
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
