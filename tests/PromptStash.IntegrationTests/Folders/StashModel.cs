namespace PromptStash.IntegrationTests.Folders;

/// <summary>A file or folder of the model, alive or in the trash.</summary>
internal sealed class ModelNode(bool isFolder, string path, ModelNode? parent, int size, string? kind = null)
{
    public Guid Id { get; set; }
    public bool IsFolder => isFolder;
    public int Size { get; set; } = size;

    /// <summary>Of a file, from 1.</summary>
    public int Version { get; set; } = isFolder ? 0 : 1;

    /// <summary>What its owner says that it is, or what it was found to be when it was new; null until that is seen. It never changes by itself.</summary>
    public string? Kind { get; set; } = kind;

    public string Path { get; set; } = path;
    public ModelNode? Parent { get; set; } = parent;

    /// <summary>What was thrown away, this or a folder above it; null while alive.</summary>
    public ModelNode? Trash { get; set; }

    public string FileType => Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? "MARKDOWN" : Name.EndsWith(".json", StringComparison.Ordinal) ? "JSON" : "TEXT";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsIn(ModelNode folder) => this == folder || Parent?.IsIn(folder) is true;
}

/// <summary>A change of a commit.</summary>
/// <param name="Op">put, delete or move.</param>
/// <param name="Path">What it is about.</param>
/// <param name="To">For a move.</param>
/// <param name="Size">For a put: of the content, which it tells from all others.</param>
internal sealed record ModelChange(string Op, string Path, string? To, int Size);

/// <summary>
/// What a stash's folders, files and trash should be: the rules in their simplest words, without a database. Every operation says whether the
/// stash should take it, and changes nothing when not.
/// </summary>
internal sealed class StashModel
{
    private readonly List<ModelNode> _nodes = [];

    public IEnumerable<ModelNode> Files => _nodes.Where(node => node.Trash is null && !node.IsFolder);

    public IEnumerable<ModelNode> Folders => _nodes.Where(node => node.Trash is null && node.IsFolder);

    /// <summary>What was thrown away by itself.</summary>
    public IEnumerable<ModelNode> Trash => _nodes.Where(node => node.Trash == node);

    /// <summary>
    /// Makes the changes one after the other, or none of them. Answers what each of them was about; nothing for what is put and deleted again,
    /// which is never kept; null where one of the changes cannot be made.
    /// </summary>
    public List<ModelNode?>? Commit(IReadOnlyList<ModelChange> changes)
    {
        var before = _nodes.ToDictionary(node => node, node => (node.Path, node.Parent, node.Trash, node.Size));
        var about = new List<ModelNode>();
        foreach (var change in changes)
        {
            var node = At(change.Path);
            if (!Make(change, ref node))
            {
                _nodes.RemoveAll(added => !before.ContainsKey(added));
                foreach (var (old, state) in before)
                {
                    (old.Path, old.Parent, old.Trash, old.Size) = state;
                }

                return null;
            }

            about.Add(node!);
        }

        // Of what is new and thrown away again only a folder that something old is in is kept.
        var gone = _nodes.Where(node => !before.ContainsKey(node) && node.Trash is not null && !_nodes.Any(old => before.ContainsKey(old) && old.IsIn(node))).ToHashSet();
        _nodes.RemoveAll(gone.Contains);
        foreach (var (file, state) in before.Where(pair => pair.Key.Size != pair.Value.Size))
        {
            (file.Size, file.Version) = file.Trash is null ? (file.Size, file.Version + 1) : (state.Size, file.Version);
        }

        return about.ConvertAll(node => gone.Contains(node) ? null : node);
    }

    private bool Make(ModelChange change, ref ModelNode? node)
    {
        switch (change.Op)
        {
            case "put" when node is null:
                var made = Create(change.Path, isFolder: false, change.Size);
                node = At(change.Path);
                return made;
            case "put":
                node.Size = change.Size;
                return !node.IsFolder;
            case "delete" when node is not null:
                Delete(node);
                return true;
            case "move" when node is not null:
                var moved = node;
                if (Above(change.To!).Select(At).Any(above => above is { IsFolder: false } || (above is not null && above == moved)) || (At(change.To!) is { } other && other != node))
                {
                    return false;
                }

                return Move(node, Ensure(change.To!), change.To![(change.To!.LastIndexOf('/') + 1)..]);
            default:
                return false;
        }
    }

    public bool Create(string path, bool isFolder, int size, string? kind = null)
    {
        if (At(path) is not null || Above(path).Any(folder => At(folder) is { IsFolder: false }))
        {
            return false;
        }

        Add(path, isFolder, size, kind);
        return true;
    }

    public bool Move(ModelNode node, ModelNode? folder, string name)
    {
        var path = Join(folder, name);
        if (folder?.IsIn(node) is true || (At(path) is { } other && other != node))
        {
            return false;
        }

        Rebase(node, path);
        node.Parent = folder;
        return true;
    }

    public void Delete(ModelNode node)
    {
        foreach (var below in _nodes.Where(below => below.Trash is null && below.IsIn(node)).ToList())
        {
            below.Trash = node;
        }
    }

    public void Restore(ModelNode node)
    {
        var path = node.Path;
        if (Above(path).FirstOrDefault(folder => At(folder) is { IsFolder: false }) is { } blocked)
        {
            path = Free(blocked, isFolder: true) + path[blocked.Length..];
        }

        var folder = Ensure(path);
        Rebase(node, Free(Join(folder, path[(path.LastIndexOf('/') + 1)..]), node.IsFolder));
        node.Parent = folder;
        foreach (var restored in _nodes.Where(other => other.Trash == node).ToList())
        {
            restored.Trash = null;
        }
    }

    public void Purge(ModelNode node)
    {
        var gone = _nodes.Where(other => other.Trash == node).ToHashSet();
        _nodes.RemoveAll(gone.Contains);
        foreach (var orphan in _nodes.Where(other => other.Parent is { } parent && gone.Contains(parent)))
        {
            orphan.Parent = null;
        }
    }

    public void Copy(ModelNode file) => Add(Free(file.Path, isFolder: false), isFolder: false, file.Size, file.Kind);

    private void Add(string path, bool isFolder, int size, string? kind)
    {
        var folder = Ensure(path);
        _nodes.Add(new ModelNode(isFolder, Join(folder, path[(path.LastIndexOf('/') + 1)..]), folder, size, kind));
    }

    /// <summary>The folder that a path is in, made with those above it where it is not there.</summary>
    private ModelNode? Ensure(string path)
    {
        ModelNode? folder = null;
        foreach (var above in Above(path))
        {
            var found = At(above);
            if (found is null)
            {
                found = new ModelNode(isFolder: true, Join(folder, above[(above.LastIndexOf('/') + 1)..]), folder, size: 0);
                _nodes.Add(found);
            }

            folder = found;
        }

        return folder;
    }

    /// <summary>What is in a folder, thrown away or not, goes where the folder goes.</summary>
    private void Rebase(ModelNode node, string path)
    {
        var from = node.Path.Length;
        foreach (var below in _nodes.Where(below => below.IsIn(node)).ToList())
        {
            below.Path = path + below.Path[from..];
        }
    }

    private string Free(string path, bool isFolder)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = isFolder || name.LastIndexOf('.') <= 0 ? path.Length : path.LastIndexOf('.');
        var free = path;
        for (var number = 2; At(free) is not null; number++)
        {
            free = $"{path[..dot]} ({number}){path[dot..]}";
        }

        return free;
    }

    private ModelNode? At(string path) =>
        _nodes.SingleOrDefault(node => node.Trash is null && node.Path.Equals(path, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    private static string Join(ModelNode? folder, string name) => folder is null ? name : $"{folder.Path}/{name}";
}
