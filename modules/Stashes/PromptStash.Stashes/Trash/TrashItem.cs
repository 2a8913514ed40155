using System.Globalization;
using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Trash;

/// <summary>What lies in the trash.</summary>
internal enum TrashType
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder with what was in it.</summary>
    Folder,

    /// <summary>A stash with what was in it.</summary>
    Stash,
}

/// <summary>Something in the trash.</summary>
/// <param name="Path">Where it was, inside its stash; null for a stash.</param>
/// <param name="StashId">The stash that it was in, or the stash itself.</param>
/// <param name="DeletedBy">The user who threw it away.</param>
internal sealed record TrashItem(
    Guid Id, TrashType Type, string Name, string? Path, Guid StashId, DateTimeOffset DeletedAt, Guid? DeletedBy)
{
    public static readonly TrashItem Example = new(
        FolderSummary.Example.Id,
        TrashType.Folder,
        FolderSummary.Example.Name,
        FolderSummary.Example.Path,
        FolderSummary.Example.StashId,
        DateTimeOffset.Parse("2026-11-23T10:02:00Z", CultureInfo.InvariantCulture),
        Guid.Parse("019ab4bf-2a10-7f61-8d00-4c1b2a3d4e5f"));
}

/// <summary>What is restored or purged as one.</summary>
internal sealed record TrashEntry(TrashType Type, Guid Id, Guid StashId, Guid OwnerId);
