using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace PromptStash.BuildingBlocks;

/// <summary>A version number as an entity tag, <c>"v7"</c>, and conditional requests on it (RFC 9110, section 13).</summary>
public static class ETags
{
    /// <summary>The strong entity tag of a version.</summary>
    public static string Of(int version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

    /// <summary>
    /// Reads <c>If-Match</c>. False when the header is missing or empty: the request must be answered with 428.
    /// A tag that is not ours, or weak, never matches; it is left out of <paramref name="versions"/>.
    /// </summary>
    public static bool TryReadIfMatch(HttpRequest request, out bool any, out int[] versions)
    {
        var tags = request.GetTypedHeaders().IfMatch;
        any = tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any));
        versions = [.. tags.Where(tag => !tag.IsWeak).Select(VersionOf).OfType<int>()];

        // A header that is there but holds no readable tag matches nothing; it is stale, not missing.
        return tags.Count > 0 || !string.IsNullOrWhiteSpace(request.Headers.IfMatch);
    }

    /// <summary>Whether <c>If-None-Match</c> names this version, so that 304 is the answer. Weak tags count: a read compares weakly.</summary>
    public static bool IsNotModified(HttpRequest request, int version) => request.GetTypedHeaders().IfNoneMatch
        .Any(tag => tag.Equals(EntityTagHeaderValue.Any) || VersionOf(tag) == version);

    private static int? VersionOf(EntityTagHeaderValue tag) =>
        tag.Tag.AsSpan() is ['"', 'v', >= '1' and <= '9', ..] and [_, _, .. var digits, '"']
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
