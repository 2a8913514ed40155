using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace PromptStash.Stashes.Versions;

/// <summary>A text that another one is packed against: the version before it.</summary>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Text">It.</param>
/// <param name="Depth">How many texts have to be unpacked before it.</param>
internal sealed record ContentBase(byte[] Hash, string Text, short Depth);

/// <summary>A text as it is stored.</summary>
internal sealed record PackedContent(byte[] Hash, ContentCodec Codec, byte[]? BaseHash, short Depth, int Size, byte[] Data);

/// <summary>Packs texts with Zstandard (RFC 8878), versions of one file against each other.</summary>
internal static class ContentPacker
{
    /// <summary>
    /// How long a chain of differences gets before the next version is stored whole again: reading the last one unpacks them all, and one
    /// damaged row must not cost a whole history.
    /// </summary>
    public const int MaxDepth = 16;

    /// <summary>Below this there is nothing to win.</summary>
    private const int MinPackedSize = 64;

    private const int Level = 3;

    /// <summary>Packs a text; where the difference to <paramref name="base"/> is not smaller than the text packed alone, alone.</summary>
    public static PackedContent Pack(FileContent content, ContentBase? @base)
    {
        var bytes = Encoding.UTF8.GetBytes(content.Text);
        var packed = bytes.Length < MinPackedSize ? bytes : Compress(bytes, []);
        var alone = packed.Length < bytes.Length
            ? new PackedContent(content.Hash, ContentCodec.Zstd, BaseHash: null, 0, bytes.Length, packed)
            : new PackedContent(content.Hash, ContentCodec.Raw, BaseHash: null, 0, bytes.Length, bytes);
        if (@base is null || @base.Depth >= MaxDepth || @base.Text.Length == 0 || bytes.Length < MinPackedSize)
        {
            return alone;
        }

        var difference = Compress(bytes, Encoding.UTF8.GetBytes(@base.Text));

        return difference.Length < alone.Data.Length
            ? new PackedContent(content.Hash, ContentCodec.ZstdOnBase, @base.Hash, (short)(@base.Depth + 1), bytes.Length, difference)
            : alone;
    }

    /// <summary>Unpacks a text and makes sure that it is the one that was packed.</summary>
    /// <exception cref="InvalidDataException">What is stored is damaged.</exception>
    public static byte[] Unpack(PackedContent content, ReadOnlySpan<byte> @base)
    {
        byte[] bytes;
        try
        {
            bytes = content.Codec switch
            {
                ContentCodec.Raw => content.Data,
                ContentCodec.Zstd => Decompress(content.Data, content.Size, []),
                ContentCodec.ZstdOnBase => Decompress(content.Data, content.Size, @base),
                _ => throw new InvalidDataException($"The content {Name(content)} is packed in an unknown way, {content.Codec}."),
            };
        }
        catch (ZstdException exception)
        {
            throw new InvalidDataException($"The content {Name(content)} is damaged.", exception);
        }

        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(bytes), content.Hash)
            ? bytes
            : throw new InvalidDataException($"The content {Name(content)} is not what was stored.");
    }

    private static string Name(PackedContent content) => Convert.ToHexStringLower(content.Hash);

    private static byte[] Compress(byte[] bytes, byte[] dictionary)
    {
        using var compressor = new Compressor(Level);
        if (dictionary.Length > 0)
        {
            // The window must reach back over the whole text to where the dictionary holds the same passage.
            var window = Math.Clamp(BitOperations.Log2((uint)(bytes.Length + dictionary.Length)) + 1, 10, 27);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, window);
            compressor.LoadDictionary(dictionary);
        }

        return compressor.Wrap(bytes).ToArray();
    }

    private static byte[] Decompress(byte[] data, int size, ReadOnlySpan<byte> dictionary)
    {
        using var decompressor = new Decompressor();
        if (dictionary.Length > 0)
        {
            decompressor.LoadDictionary(dictionary);
        }

        return decompressor.Unwrap(data, size).ToArray();
    }
}
