using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Trash;

namespace PromptStash.Stashes.Stashes;

/// <summary>
/// An account is gone, and with it everything that it kept, the trash included. Stash by stash, each with its events in one transaction:
/// delivered again after a failure, it goes on where it was.
/// </summary>
internal sealed class DeleteStashesOfDeletedUser(StashesDbContext db, TimeProvider time) : IEventConsumer<UserDeleted>
{
    public async Task ConsumeAsync(UserDeleted message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var stashIds = await db.Stashes.Where(s => s.UserId == message.UserId).Select(s => s.Id).ToListAsync(cancellationToken);
        foreach (var stashId in stashIds)
        {
            await DeleteAsync(stashId, now, cancellationToken);
        }

        var hashes = await db.Contents.Where(c => c.OwnerId == message.UserId).Select(c => c.Hash).ToArrayAsync(cancellationToken);
        await db.DeleteContentsAsync(message.UserId, hashes, cancellationToken);
        await db.UsageChanges.Where(c => c.OwnerId == message.UserId).ExecuteDeleteAsync(cancellationToken);
        await db.TextChanges.Where(c => c.OwnerId == message.UserId).ExecuteDeleteAsync(cancellationToken);
        await db.Tags.Where(t => t.OwnerId == message.UserId).ExecuteDeleteAsync(cancellationToken);
        await db.DefaultStashes.Where(given => given.UserId == message.UserId).ExecuteDeleteAsync(cancellationToken);
        await db.IdempotencyKeys.Where(k => k.UserId == message.UserId).ExecuteDeleteAsync(cancellationToken);
    }

    private Task<string> DeleteAsync(Guid stashId, DateTimeOffset now, CancellationToken cancellationToken) => db.InTransactionAsync(
        async (transaction, cancelled) =>
        {
            var fileIds = await db.Files.Where(f => f.StashId == stashId).Select(f => f.Id).ToListAsync(cancelled);
            foreach (var chunk in fileIds.Chunk(FilesDeleted.MaxFiles))
            {
                db.Publish(FilesDeleted.Type, new FilesDeleted(chunk, now), now);
            }

            await db.DeleteFilesAsync(fileIds, cancelled);
            await db.DeleteFoldersAsync(await db.Folders.Where(f => f.StashId == stashId).Select(f => f.Id).ToListAsync(cancelled), cancelled);
            await db.Stashes.Where(s => s.Id == stashId).ExecuteDeleteAsync(cancelled);
            await db.SaveChangesAsync(cancelled);
            await transaction.CommitAsync(cancelled);

            return "deleted";
        },
        committed: async cancelled => await db.Stashes.AnyAsync(s => s.Id == stashId, cancelled) ? null : "deleted",
        cancellationToken);
}
