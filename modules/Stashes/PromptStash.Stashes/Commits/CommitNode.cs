using System.Security.Cryptography;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Commits;

/// <summary>A file or folder, as the changes so far have left it.</summary>
internal sealed class CommitNode(Guid id, bool isFolder, string name, string key)
{
    public Guid Id { get; set; } = id;
    public bool IsFolder => isFolder;
    public string Name { get; set; } = name;

    /// <summary>The name as PostgreSQL folds it.</summary>
    public string Key { get; set; } = key;

    /// <summary>The folder that it is in, or was in when it was deleted; the root is a folder without name.</summary>
    public CommitNode? Parent { get; set; }

    public Dictionary<string, CommitNode> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>Its path before the commit; null when it was not there.</summary>
    public string? OldPath { get; init; }

    /// <summary>The same, as PostgreSQL folds it.</summary>
    public string? OldKey { get; init; }

    /// <summary>The folder that it was in before; null for the root.</summary>
    public Guid? OldParentId { get; init; }

    /// <summary>The version before the commit; 0 when it was not there.</summary>
    public int OldVersion { get; init; }

    public byte[]? OldHash { get; init; }

    /// <summary>What the commit puts; null when it does not.</summary>
    public FileContent? Content { get; set; }

    /// <summary>The last change that moves it itself; null where none does.</summary>
    public PlannedChange? MovedBy { get; set; }

    /// <summary>What was deleted, this itself or a folder above it.</summary>
    public CommitNode? TrashRoot { get; set; }

    public Guid? TrashId => TrashRoot?.Id;

    public bool IsNew => OldPath is null;

    /// <summary>Something that was there before is in it.</summary>
    public bool HoldsOld { get; set; }

    /// <summary>The commit makes it and throws it away again with nothing old in it: it is never stored.</summary>
    public bool IsDiscarded => IsNew && TrashRoot is not null && !HoldsOld;

    public bool IsWritten => Content is not null && (OldHash is null || !CryptographicOperations.FixedTimeEquals(Content.Hash, OldHash));

    /// <summary>The version that the file is at after the commit.</summary>
    public int Version => IsWritten ? OldVersion + 1 : OldVersion;

    /// <summary>What was deleted goes where its folder goes, as it does whenever a folder is moved.</summary>
    public string Path => Join(Parent, node => node.Path, Name);

    public string KeyPath => Join(Parent, node => node.KeyPath, Key);

    public void AttachTo(CommitNode parent)
    {
        Parent = parent;
        parent.Children.Add(Key, this);
    }

    /// <summary>The change that last moved it or, where none did, the nearest folder above it.</summary>
    public PlannedChange? MoveOf() => MovedBy ?? Parent?.MoveOf();

    /// <summary>This and all in it, what is above before what is in it.</summary>
    public IEnumerable<CommitNode> Subtree()
    {
        var open = new Stack<CommitNode>([this]);
        while (open.TryPop(out var node))
        {
            yield return node;
            foreach (var child in node.Children.Values)
            {
                open.Push(child);
            }
        }
    }

    private static string Join(CommitNode? parent, Func<CommitNode, string> pathOf, string name) =>
        parent?.Parent is null ? name : $"{pathOf(parent)}/{name}";
}
