using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace PromptStash.BuildingBlocks;

/// <summary>A version number as an entity tag, <c>"v7"</c>, and conditional requests on it (RFC 9110, section 13).</summary>
public static class ETags
{
    private const string Any = "*";
    private const string Weak = "W/";

    /// <summary>The strong entity tag of a version.</summary>
    public static string Of(int version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

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

    /// <summary>Whether <c>If-None-Match</c> names this version, so that 304 is the answer. Weak tags count: a read compares weakly.</summary>
    public static bool IsNotModified(HttpRequest request, int version) => TagsIn(request.Headers.IfNoneMatch)
        .Any(tag => tag == Any || VersionOf(tag.StartsWith(Weak, StringComparison.Ordinal) ? tag[Weak.Length..] : tag) == version);

    /// <summary>The framework's parser throws on some text that is no tag. Ours hold no comma, so splitting finds all of them.</summary>
    private static List<string> TagsIn(StringValues header) =>
        [.. header.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private static int? VersionOf(string tag) =>
        tag.AsSpan() is ['"', 'v', >= '1' and <= '9', ..] and [_, _, .. var digits, '"']
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
