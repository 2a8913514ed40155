using System.Globalization;
using System.Text;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Folders;

/// <summary>Another name for what would stand where something stands already: <c>notes (2).md</c>.</summary>
internal static class FreeName
{
    /// <summary>How often a free name of a stash is looked for while other requests take the ones that were found.</summary>
    public const int MaxTries = 20;

    /// <summary>How many names are tried with one query.</summary>
    private const int Batch = 100;

    /// <summary>The path itself for 1, then numbered ones; the name is shortened where it would get too long.</summary>
    public static string Candidate(string path, int number, bool isFolder)
    {
        if (number == 1)
        {
            return path;
        }

        var parent = StashPath.ParentOf(path);
        var name = StashPath.NameOf(path);

        // The dot of '.gitignore' begins a name, not an extension.
        var dot = isFolder ? -1 : name.LastIndexOf('.');
        var extension = dot > 0 ? name[dot..] : "";
        var ending = string.Create(CultureInfo.InvariantCulture, $" ({number}){extension}");
        var room = Math.Min(StashPath.MaxSegmentBytes, StashPath.MaxBytes - (parent is null ? 0 : Encoding.UTF8.GetByteCount(parent) + 1));
        var stem = Shorten(name[..^extension.Length], room - Encoding.UTF8.GetByteCount(ending));

        return StashPath.Join(parent, stem + ending);
    }

    /// <summary>The first candidate where the stash has neither a file nor a folder. Only under the stash's lock, so that it stays free.</summary>
    public static async Task<string> FindFreePathAsync(
        this StashesDbContext db, Guid stashId, string path, bool isFolder, CancellationToken cancellationToken)
    {
        for (var first = 1; ; first += Batch)
        {
            var candidates = Enumerable.Range(first, Batch).Select(number => Candidate(path, number, isFolder)).ToArray();
            var free = await db.Database
                .SqlQuery<string>(
                    $"""
                    SELECT c.path AS "Value"
                    FROM unnest({candidates}) WITH ORDINALITY AS c (path, n)
                    WHERE NOT EXISTS (SELECT FROM stashes.file_at({stashId}, c.path)) AND NOT EXISTS (SELECT FROM stashes.folder_at({stashId}, c.path))
                    ORDER BY c.n
                    LIMIT 1
                    """)
                .ToListAsync(cancellationToken);
            if (free is [var found])
            {
                return found;
            }
        }
    }

    /// <summary>The first name, the wanted one or a numbered one, that the owner has no stash of. The unique index has the last word.</summary>
    public static async Task<string> FindFreeStashNameAsync(
        this StashesDbContext db, Guid ownerId, string name, CancellationToken cancellationToken)
    {
        for (var first = 1; ; first += Batch)
        {
            var candidates = Enumerable.Range(first, Batch).Select(number => StashCandidate(name, number)).ToArray();
            var free = await db.Database
                .SqlQuery<string>(
                    $"""
                    SELECT c.name AS "Value"
                    FROM unnest({candidates}) WITH ORDINALITY AS c (name, n)
                    WHERE NOT EXISTS (
                        SELECT FROM stashes.stashes AS s WHERE s.user_id = {ownerId} AND lower(s.name) = lower(c.name) AND s.deleted_at IS NULL)
                    ORDER BY c.n
                    LIMIT 1
                    """)
                .ToListAsync(cancellationToken);
            if (free is [var found])
            {
                return found;
            }
        }
    }

    /// <summary>A stash's name is no path: it may hold anything, and what it may not exceed is counted in UTF-16 units.</summary>
    public static string StashCandidate(string name, int number)
    {
        if (number == 1)
        {
            return name;
        }

        var ending = string.Create(CultureInfo.InvariantCulture, $" ({number})");
        var length = Math.Min(name.Length, Stash.NameMaxLength - ending.Length);

        return name[..(char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)] + ending;
    }

    /// <summary>Cuts whole characters off the end.</summary>
    private static string Shorten(string text, int maxBytes)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        var length = text.Length;
        while (bytes > maxBytes && length > 0)
        {
            var units = length > 1 && char.IsLowSurrogate(text[length - 1]) ? 2 : 1;
            bytes -= Encoding.UTF8.GetByteCount(text.AsSpan(length - units, units));
            length -= units;
        }

        return text[..length];
    }
}
