namespace PromptStash.Stashes.Data;

/// <summary>A name for one version of a file, such as <c>stable</c>, that can be moved to another.</summary>
internal sealed class FileLabel
{
    public const int NameMaxLength = 50;

    public required Guid FileId { get; init; }
    public StashFile File { get; private init; } = null!;
    public required string Name { get; init; }
    public required int Version { get; set; }
    public required Guid UpdatedBy { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }
}
