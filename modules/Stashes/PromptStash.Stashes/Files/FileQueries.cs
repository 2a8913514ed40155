using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Files;

/// <summary>Compiled queries of the hottest reads: EF Core translates them once, which makes them about four times as fast.</summary>
internal static class FileQueries
{
    public static readonly Func<StashesDbContext, Guid, Guid, CancellationToken, Task<FileHead?>> HeadAsync =
        EF.CompileAsyncQuery((StashesDbContext db, Guid userId, Guid fileId, CancellationToken cancellationToken) => db.Files
            .Where(f => f.Id == fileId && f.DeletedAt == null && f.Stash.UserId == userId && f.Stash.DeletedAt == null)
            .Select(f => new FileHead(f.Name, f.Version))
            .SingleOrDefault());
}

/// <summary>What a conditional request must know of a file.</summary>
internal sealed record FileHead(string Name, int Version);
