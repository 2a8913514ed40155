using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Folders;

/// <summary>Holds an API token that opens only some stashes to the folders in them.</summary>
internal sealed class StashOfFolder(StashesDbContext db) : IStashFinder
{
    public string RouteValue => "folderId";

    public Task<Guid?> FindStashAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        db.Folders.Where(f => f.Id == id && f.Stash.UserId == userId).Select(f => (Guid?)f.StashId).SingleOrDefaultAsync(cancellationToken);
}
