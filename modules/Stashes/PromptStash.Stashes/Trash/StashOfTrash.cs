using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Trash;

/// <summary>Holds an API token that opens only some stashes to what was thrown away from them.</summary>
internal sealed class StashOfTrash(StashesDbContext db) : IStashFinder
{
    public string RouteValue => "trashId";

    public async Task<Guid?> FindStashAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        (await db.FindTrashAsync(userId, id, cancellationToken))?.StashId;
}
