using System.Text;
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

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false) },
    };

    /// <summary>Whether a path has a meaning of its own in an archive with metadata.</summary>
    public static bool Reserves(string path) =>
        path.Equals(Path, StringComparison.OrdinalIgnoreCase) || path.StartsWith(".promptstash/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a path is that of an old version's text.</summary>
    public static bool IsHistory(string path, out string sha256)
    {
        sha256 = path.StartsWith(HistoryFolder, StringComparison.Ordinal) ? path[HistoryFolder.Length..] : "";

        return Sha256().IsMatch(sha256);
    }

    /// <summary>Reads it; null where the text is something else that is called the same.</summary>
    /// <exception cref="ArchiveException">It is metadata, and breaks its rules.</exception>
    public static ArchiveMetadata? Parse(ReadOnlySpan<byte> utf8, StashesOptions limits)
    {
        ArchiveMetadata? metadata;

        // An editor may have put a mark before it.
        utf8 = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        if (!IsMetadata(utf8, limits))
        {
            return null;
        }

        try
        {
            metadata = JsonSerializer.Deserialize<ArchiveMetadata>(utf8, Json);
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

    public byte[] ToUtf8Json() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static ArchiveException Bad(string what) => new($"In {Path}, {what}.");

    /// <summary>
    /// Whether the text says so. It is looked through before anything is made of it: a byte or two of JSON are an object of fifty, so what
    /// unpacks to a few megabytes could ask for a gigabyte.
    /// </summary>
    private static bool IsMetadata(ReadOnlySpan<byte> utf8, StashesOptions limits)
    {
        // The whole, the stash, its tags; and each file with its labels and versions.
        var most = 2 + limits.MaxTagsPerUser + ((2L + limits.MaxLabels) * limits.MaxArchiveEntries);
        var reader = new Utf8JsonReader(utf8);
        var isMetadata = false;
        var objects = 0L;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    objects++;
                }
                else if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.GetString() == "format")
                {
                    isMetadata = reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() == FormatName;
                    objects += reader.TokenType == JsonTokenType.StartObject ? 1 : 0;
                }
            }
        }
        catch (JsonException)
        {
            // Of what is ours, too much would be lost without a word.
            return isMetadata ? throw Bad("the JSON is damaged") : false;
        }
        catch (InvalidOperationException)
        {
            // Escaped halves of surrogate pairs are JSON, and no text.
            throw Bad("a text is not valid Unicode");
        }

        return isMetadata && objects > most ? throw Bad($"there are more than {most} objects") : isMetadata;
    }

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
