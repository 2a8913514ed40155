using System.Text.Json.Serialization;

namespace PromptStash.Stashes.Contracts;

/// <summary>What can be shared.</summary>
public enum TargetKind
{
    /// <summary>One file.</summary>
    [JsonStringEnumMemberName("file")] File,

    /// <summary>A folder with all below it, also what comes later.</summary>
    [JsonStringEnumMemberName("folder")] Folder,

    /// <summary>A whole stash.</summary>
    [JsonStringEnumMemberName("stash")] Stash,
}
