using NpgsqlTypes;

namespace PromptStash.Stashes.Data;

/// <summary>
/// What full text search looks at, kept by a trigger on the files. In a table of its own: a folder that moves rewrites the rows of all
/// files in it, and the entries of a text's every word in the index must not be written again with them.
/// </summary>
internal sealed class FileSearch
{
    public required Guid FileId { get; init; }
    public StashFile File { get; private init; } = null!;
    public required Guid OwnerId { get; init; }
    public required string Name { get; init; }
    public required string[] Fields { get; init; }

    /// <summary>Name (A), description (B), front matter (C) and body (D).</summary>
    public required NpgsqlTsVector Vector { get; init; }
}
