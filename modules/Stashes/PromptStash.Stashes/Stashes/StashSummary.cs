using System.Linq.Expressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Stashes;

/// <summary>A stash, as all operations answer it.</summary>
internal sealed record StashSummary(
    Guid Id, string Name, StashScope Scope, string? Description, int FileCount, int FolderCount, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static readonly Expression<Func<Stash, StashSummary>> Projection = stash => new StashSummary(
        stash.Id,
        stash.Name,
        stash.Scope,
        stash.Description,
        stash.Files.Count(file => file.DeletedAt == null),
        stash.Folders.Count(folder => folder.DeletedAt == null),
        stash.CreatedAt,
        stash.UpdatedAt);

    public static readonly StashSummary Example = new(
        Guid.Parse("019ab4c0-6b1e-7c53-9d2e-0d6f3a1b2c3d"), "Team agents", StashScope.Project, "What our agents run on", 12, 4,
        DateTimeOffset.Parse("2026-11-23T09:30:00Z", System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset.Parse("2026-11-23T09:41:12Z", System.Globalization.CultureInfo.InvariantCulture));
}
