using System.Globalization;
using System.Linq.Expressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Folders;

/// <summary>A folder.</summary>
internal sealed record FolderSummary(
    Guid Id, Guid StashId, Guid? ParentId, string Name, string Path, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static readonly Expression<Func<Folder, FolderSummary>> Projection = folder =>
        new FolderSummary(folder.Id, folder.StashId, folder.ParentId, folder.Name, folder.Path, folder.CreatedAt, folder.UpdatedAt);

    public static readonly FolderSummary Example = new(
        Guid.Parse("019ab4c1-0f3a-7d0e-b1f5-3c2d1e0f9a8b"),
        Guid.Parse("019ab4c0-6b1e-7c53-9d2e-0d6f3a1b2c3d"),
        Guid.Parse("019ab4c1-0f3a-7d0d-9a47-6e5f4d3c2b1a"),
        "agents",
        ".claude/agents",
        DateTimeOffset.Parse("2026-11-23T09:31:00Z", CultureInfo.InvariantCulture),
        DateTimeOffset.Parse("2026-11-23T09:31:00Z", CultureInfo.InvariantCulture));

    public static FolderSummary Of(Folder folder) =>
        new(folder.Id, folder.StashId, folder.ParentId, folder.Name, folder.Path, folder.CreatedAt, folder.UpdatedAt);
}
