namespace PromptStash.Stashes.Data;

/// <summary>
/// A text, stored once for each owner, however many versions hold it, and packed. Not shared between owners: what one of them deletes is
/// gone, whatever the others keep, and nobody can tell what others have stored.
/// </summary>
internal sealed class Content
{
    public required Guid OwnerId { get; init; }

    /// <summary>SHA-256 of the text in UTF-8.</summary>
    public required byte[] Hash { get; init; }

    public required ContentCodec Codec { get; init; }

    /// <summary>The text that this one was packed against; null where it stands alone.</summary>
    public byte[]? BaseHash { get; init; }

    public Content? Base { get; private init; }

    /// <summary>How many texts have to be unpacked before this one.</summary>
    public required short Depth { get; init; }

    /// <summary>Bytes of the text in UTF-8.</summary>
    public required int Size { get; init; }

    public required byte[] Data { get; init; }
}

/// <summary>How a content is packed. The numbers are stored.</summary>
internal enum ContentCodec : short
{
    /// <summary>As it is.</summary>
    Raw = 0,

    /// <summary>Zstandard.</summary>
    Zstd = 1,

    /// <summary>Zstandard with another content as its dictionary: of two versions of a file only the difference takes space.</summary>
    ZstdOnBase = 2,
}
