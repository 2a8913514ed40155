using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

/// <summary>Holds an API token that opens only some stashes to the files in them.</summary>
internal sealed class StashOfFile(StashesDbContext db) : IStashFinder
{
    public string RouteValue => "fileId";

    public Task<Guid?> FindStashAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        db.Files.Where(f => f.Id == id && f.Stash.UserId == userId).Select(f => (Guid?)f.StashId).SingleOrDefaultAsync(cancellationToken);
}
