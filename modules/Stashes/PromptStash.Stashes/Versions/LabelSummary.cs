using System.Globalization;
using System.Linq.Expressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>A name for one version of a file.</summary>
/// <param name="Name">Lower case, unique in the file.</param>
/// <param name="Version">The version that it stands for now.</param>
/// <param name="UpdatedBy">The user who put it there.</param>
/// <param name="UpdatedAt">When.</param>
internal sealed record LabelSummary(string Name, int Version, Guid UpdatedBy, DateTimeOffset UpdatedAt)
{
    public static readonly Expression<Func<FileLabel, LabelSummary>> Projection = label => new LabelSummary(
        label.Name, label.Version, label.UpdatedBy, label.UpdatedAt);

    public static readonly LabelSummary Example = new(
        "stable", 2, Guid.Parse("019ab4bf-3c2d-7e1f-8a9b-4c5d6e7f8a9b"), DateTimeOffset.Parse("2026-11-23T09:41:00Z", CultureInfo.InvariantCulture));
}
