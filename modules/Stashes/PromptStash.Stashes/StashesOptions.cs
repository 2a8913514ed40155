namespace PromptStash.Stashes;

/// <summary>The limits of the Stashes module: configuration section <c>Stashes</c>.</summary>
public sealed class StashesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Stashes";

    /// <summary>What <see cref="MaxFixCodes"/> may be at most.</summary>
    internal const int MostFixCodes = 10_000;

    /// <summary>The largest file, in bytes of UTF-8. Default 10 MiB.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxFileBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>
    /// The largest JSON body that carries a file's content, in bytes. Default 61 MiB: a 10 MiB file whose every byte its sender wrote as
    /// <c>\u0000</c>, and the rest of the request.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxContentBodyBytes { get; set; } = 61 * 1024 * 1024;

    /// <summary>The largest archive that is imported, in bytes as sent. Default 64 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int MaxArchiveBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>What an archive may hold, in bytes unpacked, counted while unpacking. Default 256 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int MaxUnpackedBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>The largest <c>promptstash.json</c> of an archive, in bytes: it is read, and written, as a whole. Default 32 MiB.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxMetadataBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// How much text an import reads, in bytes of UTF-8: an archive holds a text once, and each version that has it is written. Default 2 GiB.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long MaxImportedBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How many entries an archive may have. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxArchiveEntries { get; set; } = 20_000;

    /// <summary>How many different folders an archive's paths may name. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxArchiveFolders { get; set; } = 20_000;

    /// <summary>How much unpacked content an import holds in memory before it writes it, in bytes. Default 4 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int ImportBatchBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many stashes a user may keep, those in the trash too. Default 1,000.</summary>
    [Range(1, int.MaxValue)]
    public int MaxStashesPerUser { get; set; } = 1_000;

    /// <summary>How many folders a user may keep, those in the trash too. Default 100,000.</summary>
    [Range(1, int.MaxValue)]
    public int MaxFoldersPerUser { get; set; } = 100_000;

    /// <summary>How many files a user may keep, those in the trash too. Default 100,000.</summary>
    [Range(1, int.MaxValue)]
    public int MaxFilesPerUser { get; set; } = 100_000;

    /// <summary>
    /// How much content a user may keep, every version's and that in the trash too, in bytes of UTF-8 before it is packed; a text that is
    /// there several times counts once, unless the files hold more now: they keep their newest text as it is. Default 2 GiB.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long MaxBytesPerUser { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>The longest query of a search, in characters. Default 500.</summary>
    [Range(1, 10_000)]
    public int MaxSearchQueryLength { get; set; } = 500;

    /// <summary>How many terms and filters a search's query may have, so that no query becomes a program. Default 32.</summary>
    [Range(1, 1000)]
    public int MaxSearchParts { get; set; } = 32;

    /// <summary>How many files a search ranks: of more that answer to it, the newest. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int SearchWindow { get; set; } = 1_000;

    /// <summary>The largest version that is compared with another one, in bytes of UTF-8. Default 1 MiB.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxDiffBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many lines a version that is compared may have: of two texts that have nothing in common, comparing takes as many steps as the
    /// product of their lines. Default 20,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxDiffLines { get; set; } = 20_000;

    /// <summary>How many lines a text may have that is merged with another one, which compares twice. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxMergeLines { get; set; } = 5_000;

    /// <summary>
    /// How much text one request for the findings of a stash checks, in bytes of UTF-8; the page ends with the file that reaches it. Default 32 MiB.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxCheckedBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many codes of findings a request to fix a file may name. Default 200.</summary>
    [Range(1, MostFixCodes)]
    public int MaxFixCodes { get; set; } = 200;

    /// <summary>How many labels a file may have. Default 50.</summary>
    [Range(1, 10_000)]
    public int MaxLabels { get; set; } = 50;

    /// <summary>How many changes a commit may have. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxCommitChanges { get; set; } = 1000;

    /// <summary>Of how many files the refusal of a commit or import with <c>?strict=true</c> lists the errors. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxFilesInRefusal { get; set; } = 100;

    /// <summary>How many files, and how many folders, an export of a selection may name. Default 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxExportSelection { get; set; } = 1000;

    /// <summary>How long the first answer to a request with an <c>Idempotency-Key</c> is repeated. Default 24 hours, at least a minute.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "366.00:00:00")]
    public TimeSpan IdempotencyKeyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long something lies in the trash before it is purged by itself. Default 30 days, at least an hour: a slip of the pen must not empty
    /// everybody's trash at the next start.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan TrashRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How many files one bulk operation may name. Default 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxBulkFiles { get; set; } = 1000;

    /// <summary>How many tags a file may have. Default 50.</summary>
    [Range(1, 1000)]
    public int MaxTagsPerFile { get; set; } = 50;

    /// <summary>How many tags a user may have. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxTagsPerUser { get; set; } = 1000;
}
