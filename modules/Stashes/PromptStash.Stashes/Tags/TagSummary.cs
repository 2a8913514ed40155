using System.Globalization;
using System.Linq.Expressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>A tag, as all operations answer it.</summary>
/// <param name="FileCount">How many files have it; what lies in the trash does not count.</param>
internal sealed record TagSummary(Guid Id, string Name, string? Color, int FileCount, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static readonly Expression<Func<Tag, TagSummary>> Projection = tag => new TagSummary(
        tag.Id,
        tag.Name,
        tag.Color,
        tag.Files.Count(file => file.File.DeletedAt == null && file.File.Stash.DeletedAt == null),
        tag.CreatedAt,
        tag.UpdatedAt);

    public static readonly TagSummary Example = new(
        Guid.Parse("019ab4c2-11aa-7b00-9a41-7d6c5b4a3f2e"), "review", "#1E88E5", 3,
        DateTimeOffset.Parse("2026-11-23T09:33:00Z", CultureInfo.InvariantCulture),
        DateTimeOffset.Parse("2026-11-23T09:33:00Z", CultureInfo.InvariantCulture));

    public static TagSummary Of(Tag tag) => new(tag.Id, tag.Name, tag.Color, 0, tag.CreatedAt, tag.UpdatedAt);
}
