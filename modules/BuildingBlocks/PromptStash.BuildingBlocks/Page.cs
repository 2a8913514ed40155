using System.Buffers.Text;
using System.Text;

namespace PromptStash.BuildingBlocks;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most <c>limit</c> items.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; absent on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Makes pages.</summary>
public static class Page
{
    /// <summary>Cuts a page out of a result that was read with one row more than asked for.</summary>
    public static Page<T> Of<T>(List<T> rows, int limit, Func<T, string> key) => rows.Count > limit
        ? new Page<T>(rows[..limit], Cursor.Encode(key(rows[limit - 1])))
        : new Page<T>(rows, Next: null);
}

/// <summary>
/// The place in a list where a page ended: the last row's sort key, wrapped so that clients hand it back instead of making one up.
/// Paging by key costs the same on every page and neither repeats nor skips rows while others write; OFFSET does all three.
/// </summary>
public static class Cursor
{
    /// <summary>The most items that a page may hold.</summary>
    public const int MaxLimit = 100;

    /// <summary>The longest cursor that is read, in characters; a path of 1,024 bytes encodes to 1,366.</summary>
    public const int MaxLength = 2048;

    /// <summary>Wraps a sort key.</summary>
    public static string Encode(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>Unwraps a cursor; false when it is not one that <see cref="Encode"/> made.</summary>
    public static bool TryDecode(string? cursor, out string? key)
    {
        key = null;
        if (cursor is null)
        {
            return true;
        }

        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        try
        {
            key = StrictUtf8.GetString(Base64Url.DecodeFromChars(cursor));

            // The decoder overlooks padding and white space; whoever sends those made the cursor up.
            return !key.Contains('\0', StringComparison.Ordinal) && Encode(key) == cursor;
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
