namespace PromptStash.Stashes.Data;

/// <summary>A top-level container of folders and files.</summary>
internal sealed class Stash
{
    public const int NameMaxLength = 100;
    public const int DescriptionMaxLength = 1000;
    public const string DefaultName = "My PromptStash";
    public const string DefaultDescription = "Default stash for organizing prompts, agents, and skills";

    public required Guid Id { get; init; }
    public required string Name { get; set; }
    public required StashScope Scope { get; set; }
    public string? Description { get; set; }
    public required Guid UserId { get; init; }

    /// <summary>The one stash that a user finds on the first visit. That there was one is kept in <see cref="DefaultStash"/>.</summary>
    public bool IsDefault { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? DeletedAt { get; set; }
    public Guid? DeletedBy { get; set; }

    public List<Folder> Folders { get; } = [];
    public List<StashFile> Files { get; } = [];
}
