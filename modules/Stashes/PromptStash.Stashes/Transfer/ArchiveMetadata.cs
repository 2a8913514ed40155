using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Tags;
using PromptStash.Stashes.Versions;

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
    public static ArchiveMetadata? Parse(string text, StashesOptions limits)
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
        catch (InvalidOperationException)
        {
            // Escaped halves of surrogate pairs are JSON, and no text.
            throw Bad("a text is not valid Unicode");
        }

        try
        {
            metadata = JsonSerializer.Deserialize<ArchiveMetadata>(text, Json);
        }
        catch (JsonException exception)
        {
            throw Bad($"'{exception.Path}' is not as it should be");
        }

        Check(metadata!, limits);

        // As if a user had given them: in one form of Unicode, so that what looks the same is the same.
        return metadata! with
        {
            Tags = [.. metadata.Tags.Select(tag => tag with { Name = TagNameOf(tag.Name) })],
            Files = [.. metadata.Files.Select(file => file with { Tags = file.Tags?.Select(TagNameOf).ToList() })],
        };
    }

    public static ArchiveException Bad(string what) => new($"In {Path}, {what}.");

    private static void Check(ArchiveMetadata metadata, StashesOptions limits)
    {
        if (metadata.FormatVersion != CurrentFormatVersion)
        {
            throw Bad($"the format's version is {metadata.FormatVersion}; this program reads version {CurrentFormatVersion}");
        }

        if (metadata.Files is null || metadata.Tags is null || metadata.Files.Any(file => file?.Path is null))
        {
            throw Bad("files or tags are missing");
        }

        foreach (var tag in metadata.Tags)
        {
            if (tag is null || !TagName.TryParse(tag.Name, out _, out _) || (tag.Color is { } color && !Color().IsMatch(color)))
            {
                throw Bad($"the tag '{tag?.Name}' has no proper name or colour");
            }
        }

        if (metadata.Files.Sum(file => file.Versions?.Count ?? 0) > limits.MaxArchiveEntries)
        {
            throw Bad($"there are more than {limits.MaxArchiveEntries} versions");
        }

        if (metadata.Files.FirstOrDefault(file => file.Tags?.Count > limits.MaxTagsPerFile || file.Labels?.Count > limits.MaxLabels) is { } fullFile)
        {
            throw Bad($"'{fullFile.Path}' has more than {limits.MaxTagsPerFile} tags or {limits.MaxLabels} labels");
        }

        if (metadata.Files.FirstOrDefault(file => !IsProper(file)) is { } badFile)
        {
            throw Bad($"the kind, tags, labels, messages or versions of '{badFile.Path}' are not as they should be");
        }
    }

    private static bool IsProper(ArchivedFile file) =>
        (file.Kind is not { } kind || Enum.IsDefined(kind))
        && (file.Tags ?? []).All(tag => TagName.TryParse(tag, out _, out _))
        && (file.Labels ?? []).All(label => label?.Name is not null && VersionName.IsLabel(label.Name))
        && IsMessage(file.Message)
        && (file.Versions ?? []).All(version => version is not null && IsMessage(version.Message) && version.Sha256 is not null && Sha256().IsMatch(version.Sha256))
        && (file.Versions ?? []).Zip((file.Versions ?? []).Skip(1), (one, next) => one.Version < next.Version).All(ascends => ascends);

    /// <summary>Only of a name that keeps the rules.</summary>
    private static string TagNameOf(string text) => TagName.TryParse(text, out var name, out _) ? name : text;

    private static bool IsMessage(string? message) =>
        message is null || (message.Length <= FileVersion.MessageMaxLength && PlainTextAttribute.ErrorIn(message) is null);

    [GeneratedRegex(@"\A#[0-9A-Fa-f]{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Color();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
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
