using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace PromptStash.BuildingBlocks;

/// <summary>A version number as an entity tag, <c>"v7"</c>, and conditional requests on it (RFC 9110, section 13).</summary>
/// <remarks>
/// An answer that shows more than the version's content, such as a name, has a tag that changes with that too: <c>"v7-0123456789abcdef"</c>.
/// A write asks for the version alone, so it takes both.
/// </remarks>
public static class ETags
{
    private const string Any = "*";
    private const string Weak = "W/";

    /// <summary>Of the hash in a tag: a change is to be noticed, not proven to somebody who looks for another one with the same hash.</summary>
    private const int HashBytes = 8;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The strong entity tag of a version.</summary>
    public static string Of(int version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

    /// <summary>The strong entity tag of an answer that shows a version and other things that change without it.</summary>
    /// <param name="version">The version.</param>
    /// <param name="others">All else that the answer says, as bytes.</param>
    public static string Of(int version, ReadOnlySpan<byte> others) => string.Create(
        CultureInfo.InvariantCulture, $"\"v{version}-{Convert.ToHexStringLower(SHA256.HashData(others).AsSpan(0, HashBytes))}\"");

    /// <summary>
    /// Reads <c>If-Match</c>. False when the header is missing or empty: the request must be answered with 428.
    /// A tag that is not ours, or weak, never matches; it is left out of <paramref name="versions"/>.
    /// </summary>
    public static bool TryReadIfMatch(HttpRequest request, out bool any, out int[] versions)
    {
        var tags = TagsIn(request.Headers.IfMatch);
        any = tags.Contains(Any);
        versions = [.. tags.Select(VersionOf).OfType<int>()];

        // A header that is there but holds no tag of ours matches nothing; it is stale, not missing.
        return tags.Count > 0;
    }

    /// <summary>Whether <c>If-None-Match</c> names this tag, so that 304 is the answer. Weak tags count: a read compares weakly.</summary>
    public static bool IsNotModified(HttpRequest request, string tag) => TagsIn(request.Headers.IfNoneMatch)
        .Any(asked => asked == Any || (asked.StartsWith(Weak, StringComparison.Ordinal) ? asked[Weak.Length..] : asked) == tag);

    /// <summary>The framework's parser throws on some text that is no tag. Ours hold no comma, so splitting finds all of them.</summary>
    private static List<string> TagsIn(StringValues header) =>
        [.. header.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private static int? VersionOf(string tag)
    {
        if (tag.AsSpan() is not ['"', 'v', >= '1' and <= '9', ..] || tag.AsSpan() is not [_, _, .. var digits, '"'])
        {
            return null;
        }

        if (digits.IndexOf('-') is var dash and >= 0)
        {
            if (digits.Length - dash - 1 != 2 * HashBytes || digits[(dash + 1)..].ContainsAnyExcept(HexDigits))
            {
                return null;
            }

            digits = digits[..dash];
        }

        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
