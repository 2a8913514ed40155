using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptStash.MigrationService;

/// <summary>What a backup holds.</summary>
internal enum BackupKind
{
    /// <summary>Tables and rows.</summary>
    Full,

    /// <summary>Tables without rows.</summary>
    Schema,

    /// <summary>Rows for a database that has been migrated and is empty.</summary>
    Data,
}

/// <summary>A table as it was in the backup's snapshot.</summary>
/// <param name="Name">Schema and table.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Hash">The sum of a hash of each row, which does not depend on their order.</param>
internal sealed record TableDigest(string Name, long Rows, string Hash);

/// <summary>The migrations of one schema.</summary>
internal sealed record SchemaMigrations(string Schema, IReadOnlyList<string> Applied);

/// <summary>What a backup is to be compared with, in a file beside it.</summary>
internal sealed record BackupManifest(
    int Format,
    BackupKind Kind,
    string Database,
    DatabaseLocale Locale,
    string ServerVersion,
    string ToolVersion,
    DateTimeOffset TakenAt,
    IReadOnlyList<SchemaMigrations> Migrations,
    IReadOnlyList<TableDigest> Tables,
    long Size,
    string Sha256)
{
    /// <summary>The only format there is.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions JsonFormat = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Where the manifest of a backup is.</summary>
    public static FileInfo FileOf(FileInfo backup) => new(backup.FullName + ".manifest.json");

    /// <summary>The manifest as it is written: the document, and a line with its own hash.</summary>
    public byte[] ToBytes()
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(this, JsonFormat);

        return [.. document, .. System.Text.Encoding.UTF8.GetBytes($"\n// sha256 {Convert.ToHexStringLower(SHA256.HashData(document))}\n")];
    }

    /// <summary>Reads the manifest of a backup and compares the backup with it, byte by byte.</summary>
    /// <exception cref="MigrationException">Either of the two is missing or is not as it was written.</exception>
    public static async Task<BackupManifest> ReadAndCheckAsync(FileInfo backup, CancellationToken cancellationToken)
    {
        var file = FileOf(backup);
        if (!backup.Exists || !file.Exists)
        {
            throw new MigrationException($"There is no {(backup.Exists ? file : backup).FullName}. A backup is two files: the dump, and its manifest beside it.");
        }

        var manifest = Parse(await File.ReadAllBytesAsync(file.FullName, cancellationToken), file);
        if (manifest.Format != CurrentFormat)
        {
            throw new MigrationException($"{file.FullName} is of format {manifest.Format}, and this version reads {CurrentFormat}. Use the version of PromptStash that made it.");
        }

        await using var content = backup.OpenRead();
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));

        return hash == manifest.Sha256 ? manifest : throw new MigrationException(
            $"{backup.FullName} is not what was written: its SHA-256 is {hash}, and the manifest has {manifest.Sha256}. Take another backup; this one is damaged.");
    }

    private static BackupManifest Parse(byte[] bytes, FileInfo file)
    {
        try
        {
            var end = bytes.AsSpan().LastIndexOf("\n// sha256 "u8);
            var manifest = end < 0 ? null : JsonSerializer.Deserialize<BackupManifest>(bytes.AsSpan(0, end), JsonFormat);

            // Written again it must be the same, to the last byte.
            if (manifest is not null && manifest.ToBytes().AsSpan().SequenceEqual(bytes))
            {
                return manifest;
            }
        }
        catch (JsonException)
        {
            // Damaged so that it cannot even be read.
        }

        throw new MigrationException($"{file.FullName} is not what was written. Take another backup; without its manifest this one cannot be trusted.");
    }
}
