using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

/// <summary>A file as a link shows it.</summary>
/// <param name="Path">Below what is shared; where that lies is not told.</param>
/// <param name="Version">The version that is shown.</param>
/// <param name="Content">The text; secrets that its owner has not accepted are masked.</param>
internal sealed record LinkFile(string Path, int Version, string Content)
{
    public static LinkFile Of(FileText text) => new(text.Path, text.Version, text.Text);
}

/// <summary>A file in the list of a folder or stash.</summary>
internal sealed record LinkEntry(string Path, string Kind, int Size, int Version, DateTimeOffset UpdatedAt);

/// <summary>What a link opens.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Permission">What the holder may.</param>
/// <param name="Note">A word from its owner.</param>
/// <param name="ExpiresAt">From when on the link is over.</param>
/// <param name="File">The file, where the link is to one.</param>
/// <param name="Files">A page of the files below a folder or stash, in the order of their paths.</param>
internal sealed record LinkAnswer(
    TargetKind Type, string Name, SharePermission Permission, string? Note, DateTimeOffset? ExpiresAt, LinkFile? File, Page<LinkEntry>? Files);
