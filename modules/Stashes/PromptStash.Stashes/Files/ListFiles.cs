using System.Globalization;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Tags;

namespace PromptStash.Stashes.Files;

internal static class ListFiles
{
    public static void MapListFiles(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/files", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ListFiles))
            .WithSummary("List the files of a stash, without contents")
            .WithDescription("Paths and names are in byte order, kinds in the order of their list. 'after' belongs to the order it was answered for.")
            .WithResponseExample(new Page<FileSummary>([FileSummary.ReadExample], Next: null));

    private static async Task<Results<Ok<Page<FileSummary>>, NotFound, ValidationProblem>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        FileComments comments,
        CancellationToken cancellationToken,
        [Description("path, name, created, updated, size or kind."), AllowedValues("path", "name", "created", "updated", "size", "kind")] string sort = "path",
        [Description("asc or desc."), AllowedValues("asc", "desc")] string order = "asc",
        [Description("Only files of this kind, such as AGENT.")] string? kind = null,
        [Description("Only files of this syntax, such as MARKDOWN.")] string? fileType = null,
        [Description("Only files with this tag; may be repeated.")] string[]? tag = null,
        [Description("With several tags: any of them, or all."), AllowedValues("any", "all")] string match = "any",
        [Description("Only files in this folder, not in those below it.")] Guid? folderId = null,
        [Description("Only files in no folder.")] bool root = false,
        [Description("Only files changed, moved, tagged or restored since this time.")] DateTimeOffset? updatedSince = null,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!ApiNames<FileKind>.TryParse(kind, out var ofKind))
        {
            return Problems.Invalid("kind", $"This is none of {ApiNames<FileKind>.All}.");
        }

        if (!ApiNames<FileType>.TryParse(fileType, out var ofType))
        {
            return Problems.Invalid("fileType", $"This is none of {ApiNames<FileType>.All}.");
        }

        if (root && folderId is not null)
        {
            return Problems.Invalid("root", "A file in a folder is not in none.");
        }

        if (!KeysetPlace.TryRead(after, $"{sort} {order}", out var place) || (place is not null && !CanContinue(sort, place.Key)))
        {
            return Problems.InvalidCursor();
        }

        var since = updatedSince?.ToUniversalTime();

        // As a value that PostgreSQL finds first: of a stash that the caller does not see there is none, and its index is not walked to learn that.
        var stash = access.StashesOf(user).Where(s => s.Id == stashId).Select(s => (Guid?)s.Id);
        var files = access.FilesOf(user).Where(f => f.StashId == stash.SingleOrDefault()
            && (ofKind == null || f.Kind == ofKind)
            && (ofType == null || f.FileType == ofType)
            && (folderId == null || f.FolderId == folderId)
            && (!root || f.FolderId == null)
            && (since == null || f.UpdatedAt >= since));
        if (tag is { Length: > 0 })
        {
            if (!TagName.TryParseAll(tag, tag.Length, out var names, out var error))
            {
                return Problems.Invalid("tag", error);
            }

            var tags = await db.FindTagsAsync(access.OwnerOf(user), names, cancellationToken);
            files = Tagged(files, tags, match == "any" ? 1 : names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        }

        var rows = await Sorted(files, sort, order == "desc", place).Take(limit + 1).Select(FileSummary.Projection).ToListAsync(cancellationToken);

        return rows.Count == 0 && !await access.StashesOf(user).AnyAsync(s => s.Id == stashId, cancellationToken)
            ? TypedResults.NotFound()
            : TypedResults.Ok(Page.Of(
                await comments.AddAsync(rows, cancellationToken), limit, file => $"{new KeysetPlace($"{sort} {order}", KeyOf(file, sort), file.Id)}"));
    }

    private static IQueryable<StashFile> Tagged(IQueryable<StashFile> files, List<Guid> tags, int wanted) => wanted == 1
        ? files.Where(f => f.Tags.Any(t => tags.Contains(t.TagId)))
        : files.Where(f => f.Tags.Count(t => tags.Contains(t.TagId)) >= wanted);

    /// <summary>
    /// Each order has an index that begins with the stash, but those of size and kind: PostgreSQL reads all of the stash's files to find a page
    /// there, and is spared two entries for everything that is written. Version 7 ids sort by creation time.
    /// </summary>
    private static IQueryable<StashFile> Sorted(IQueryable<StashFile> files, string sort, bool descending, KeysetPlace? place) => sort switch
    {
        "name" => files.PageBy(f => EF.Functions.Collate(f.Name, "C"), f => f.Id, descending, place is null ? null : (place.Key, place.Id)),
        "created" => files.PageBy(f => f.Id, descending, place?.Id),
        "updated" => files.PageBy(f => f.UpdatedAt, f => f.Id, descending, place is null ? null : (TimeOf(place.Key), place.Id)),
        "size" => files.PageBy(f => f.Size, f => f.Id, descending, place is null ? null : (int.Parse(place.Key, CultureInfo.InvariantCulture), place.Id)),
        "kind" => files.PageBy(f => f.Kind, f => f.Id, descending, place is null ? null : (Enum.Parse<FileKind>(place.Key), place.Id)),
        _ => files.PageBy(f => EF.Functions.Collate(f.Path, "C"), f => f.Id, descending, place is null ? null : (place.Key, place.Id)),
    };

    private static string KeyOf(FileSummary file, string sort) => sort switch
    {
        "name" => file.Name,
        "created" => "",
        "updated" => file.UpdatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture),
        "size" => file.Size.ToString(CultureInfo.InvariantCulture),
        "kind" => file.Kind.ToString(),
        _ => file.Path,
    };

    /// <summary>Whether a key is one of the sort's; the list never answers another.</summary>
    private static bool CanContinue(string sort, string key) => sort switch
    {
        "updated" => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks,
        "size" => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "kind" => Enum.TryParse<FileKind>(key, out var kind) && Enum.IsDefined(kind),
        _ => true,
    };

    private static DateTimeOffset TimeOf(string key) => new(long.Parse(key, CultureInfo.InvariantCulture), TimeSpan.Zero);
}
