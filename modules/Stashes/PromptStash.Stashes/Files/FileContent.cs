using System.Security.Cryptography;
using System.Text;

namespace PromptStash.Stashes.Files;

/// <summary>Text that a file may hold, with its size and hash. It is kept byte for byte: line ends, byte order mark, tabs, everything.</summary>
internal sealed class FileContent
{
    // With throwOnInvalidBytes the mapping between text and bytes is one to one; without, what is not UTF-8 would be replaced unseen.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private FileContent(string text, int size, byte[] hash)
    {
        Text = text;
        Size = size;
        Hash = hash;
    }

    public string Text { get; }

    /// <summary>Bytes in UTF-8.</summary>
    public int Size { get; }

    /// <summary>SHA-256 of the UTF-8 bytes.</summary>
    public byte[] Hash { get; }

    /// <summary>Takes text that came in a JSON body.</summary>
    public static bool TryCreate(string text, int maxBytes, out FileContent content, out string error)
    {
        content = null!;

        // UTF-8 takes at least a byte for each UTF-16 unit, so this much needs no encoding to be too much.
        if (text.Length > maxBytes)
        {
            error = TooLarge(maxBytes);
            return false;
        }

        // Half a surrogate pair has no bytes in UTF-8.
        byte[] bytes;
        try
        {
            bytes = StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            error = "The content is not valid Unicode.";
            return false;
        }

        return TryCreate(text, bytes, maxBytes, out content, out error);
    }

    /// <summary>Takes bytes that came in an archive.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, int maxBytes, out FileContent content, out string error)
    {
        content = null!;
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            error = "The file is not UTF-8 text.";
            return false;
        }

        return TryCreate(text, bytes, maxBytes, out content, out error);
    }

    private static bool TryCreate(string text, ReadOnlySpan<byte> bytes, int maxBytes, out FileContent content, out string error)
    {
        content = null!;
        if (bytes.Length > maxBytes)
        {
            error = TooLarge(maxBytes);
            return false;
        }

        // PostgreSQL's text cannot hold it, and no editor calls a file with it text.
        if (bytes.Contains((byte)0))
        {
            error = "The content holds a NUL character, so it is not text.";
            return false;
        }

        error = "";
        content = new FileContent(text, bytes.Length, SHA256.HashData(bytes));
        return true;
    }

    private static string TooLarge(int maxBytes) => $"The content is larger than the {maxBytes} bytes that a file may have.";
}
