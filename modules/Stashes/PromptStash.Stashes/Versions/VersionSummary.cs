using System.Globalization;
using System.Linq.Expressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>A version without its content.</summary>
/// <param name="Version">Counted from 1 without gaps.</param>
/// <param name="Size">Bytes in UTF-8.</param>
/// <param name="EstimatedTokens">An estimate of how many tokens it is to a model.</param>
/// <param name="Sha256">Of the UTF-8 bytes, in lower-case hexadecimal.</param>
/// <param name="Message">Why, in the author's words.</param>
/// <param name="CreatedBy">The user who wrote it.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record VersionSummary(
    int Version, int Size, int? EstimatedTokens, string Sha256, string? Message, Guid CreatedBy, DateTimeOffset CreatedAt)
{
    public static readonly Expression<Func<FileVersion, VersionSummary>> Projection = version => new VersionSummary(
        version.Version, version.Size, version.Tokens, Convert.ToHexStringLower(version.ContentHash), version.Message, version.CreatedBy, version.CreatedAt);

    public static readonly VersionSummary Example = new(
        2, 104, 24, "9b74c9897bac770ffc029102a200c5de3f1f5d5d6d5f8a1c5f0e7a3b2c1d0e9f", "Look at style, too",
        Guid.Parse("019ab4bf-3c2d-7e1f-8a9b-4c5d6e7f8a9b"), DateTimeOffset.Parse("2026-11-23T09:40:00Z", CultureInfo.InvariantCulture));
}
