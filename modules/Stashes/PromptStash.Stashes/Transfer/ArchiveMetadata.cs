using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Transfer;

/// <summary>
/// What files alone do not say: <c>promptstash.json</c> in an archive's root. The texts of old versions lie in
/// <c>.promptstash/history/SHA-256</c>, each once.
/// </summary>
/// <param name="Format">Always <see cref="FormatName"/>, by which it is told from a file that only has the same name.</param>
/// <param name="FormatVersion">Counted from 1.</param>
/// <param name="Tags">The tags of the files, with their colours.</param>
/// <param name="Files">The files, in path order.</param>
/// <param name="Stash">
/// What the stash is. For readers, and whoever makes a stash to import into: an import changes what is in a stash, and not the stash. Only
/// its owner exports it.
/// </param>
internal sealed partial record ArchiveMetadata(
    string Format, int FormatVersion, IReadOnlyList<ArchiveTag> Tags, IReadOnlyList<ArchivedFile> Files, ArchivedStash? Stash = null)
{
    public const string Path = "promptstash.json";
    public const string HistoryFolder = ".promptstash/history/";
    public const string FormatName = "promptstash";
    public const int CurrentFormatVersion = 1;

    /// <summary>Of one file.</summary>
    public const int MaxTagsOrLabels = 100;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false) },
    };

    /// <summary>Whether a path has a meaning of its own in an archive with metadata.</summary>
    public static bool Reserves(string path) =>
        path.Equals(Path, StringComparison.OrdinalIgnoreCase) || path.StartsWith(".promptstash/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads it; null where the text is something else that is called the same.</summary>
    /// <exception cref="ArchiveException">It is metadata, and breaks its rules.</exception>
    public static ArchiveMetadata? Parse(string text, int maxVersions)
    {
        ArchiveMetadata? metadata;
        try
        {
            using (var document = JsonDocument.Parse(text))
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object
                    || !document.RootElement.TryGetProperty("format", out var format)
                    || format.ValueKind != JsonValueKind.String
                    || format.GetString() != FormatName)
                {
                    return null;
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        try
        {
            metadata = JsonSerializer.Deserialize<ArchiveMetadata>(text, Json);
        }
        catch (JsonException exception)
        {
            throw Bad($"'{exception.Path}' is not as it should be");
        }

        Check(metadata!, maxVersions);

        return metadata;
    }

    public static ArchiveException Bad(string what) => new($"In {Path}, {what}.");

    private static void Check(ArchiveMetadata metadata, int maxVersions)
    {
        if (metadata.FormatVersion != CurrentFormatVersion)
        {
            throw Bad($"the format's version is {metadata.FormatVersion}; this program reads version {CurrentFormatVersion}");
        }

        if (metadata.Files is null || metadata.Tags is null || metadata.Files.Any(file => file?.Path is null))
        {
            throw Bad("files or tags are missing");
        }

        if (metadata.Tags.FirstOrDefault(tag => tag is null || !IsName(tag.Name, Tag.NameMaxLength) || (tag.Color is { } color && !Color().IsMatch(color))) is { } badTag)
        {
            throw Bad($"the tag '{badTag.Name}' has no proper name or colour");
        }

        if (metadata.Files.Sum(file => file.Versions?.Count ?? 0) > maxVersions)
        {
            throw Bad($"there are more than {maxVersions} versions");
        }

        if (metadata.Files.FirstOrDefault(file => !IsProper(file)) is { } badFile)
        {
            throw Bad($"the tags, labels, messages or versions of '{badFile.Path}' are not as they should be");
        }
    }

    private static bool IsProper(ArchivedFile file) =>
        (file.Tags ?? []).Count <= MaxTagsOrLabels
        && (file.Tags ?? []).All(tag => IsName(tag, Tag.NameMaxLength))
        && (file.Labels ?? []).Count <= MaxTagsOrLabels
        && (file.Labels ?? []).All(label => label is not null && IsName(label.Name, FileLabel.NameMaxLength))
        && IsMessage(file.Message)
        && (file.Versions ?? []).All(version => version is not null && IsMessage(version.Message) && version.Sha256 is not null && Sha256().IsMatch(version.Sha256))
        && (file.Versions ?? []).Zip((file.Versions ?? []).Skip(1), (one, next) => one.Version < next.Version).All(ascends => ascends);

    private static bool IsName(string? name, int maxLength) =>
        name is { Length: > 0 } && name.Length <= maxLength && name.Trim() == name && IsText(name) && !name.Any(char.IsControl);

    private static bool IsMessage(string? message) => message is null || (message.Length <= FileVersion.MessageMaxLength && IsText(message));

    private static bool IsText(string text) => new PlainTextAttribute().IsValid(text);

    [GeneratedRegex("^#[0-9A-Fa-f]{6}$", RegexOptions.CultureInvariant)]
    private static partial Regex Color();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Sha256();
}

/// <summary>What an archive says of the stash that it was.</summary>
internal sealed record ArchivedStash(string Name, StashScope Scope, string? Description);

/// <summary>A tag of an archive.</summary>
/// <param name="Name">At most 50 characters.</param>
/// <param name="Color"><c>#RRGGBB</c>.</param>
internal sealed record ArchiveTag(string Name, string? Color);

/// <summary>What an archive says of a file.</summary>
/// <param name="Path">Its path in the archive.</param>
/// <param name="Kind">What it is to a coding agent.</param>
/// <param name="Message">Of its current version.</param>
/// <param name="Tags">Names of tags.</param>
/// <param name="Labels">Names of versions; without history, of the current one only.</param>
/// <param name="Versions">With history: all versions that are left, the oldest first; the last one is the file itself.</param>
internal sealed record ArchivedFile(
    string Path,
    FileKind? Kind,
    string? Message,
    IReadOnlyList<string>? Tags,
    IReadOnlyList<ArchivedLabel>? Labels,
    IReadOnlyList<ArchivedVersion>? Versions);

/// <summary>A label of an archive.</summary>
internal sealed record ArchivedLabel(string Name, int Version);

/// <summary>What an archive says of a version.</summary>
/// <param name="Version">Its number where it was; an import counts from 1.</param>
/// <param name="Sha256">Of its text, in lower-case hexadecimal.</param>
/// <param name="Message">Why, in the author's words.</param>
/// <param name="CreatedBy">Who wrote it where it was. For readers: an import does not believe it.</param>
/// <param name="CreatedAt">When. For readers, too.</param>
internal sealed record ArchivedVersion(int Version, string Sha256, string? Message, Guid? CreatedBy, DateTimeOffset? CreatedAt);
