namespace PromptStash.IntegrationTests.Folders;

/// <summary>A file or folder of the model, alive or in the trash.</summary>
internal sealed class ModelNode(bool isFolder, string path, ModelNode? parent, int size)
{
    public Guid Id { get; set; }
    public bool IsFolder => isFolder;
    public int Size => size;
    public string Path { get; set; } = path;
    public ModelNode? Parent { get; set; } = parent;

    /// <summary>What was thrown away, this or a folder above it; null while alive.</summary>
    public ModelNode? Trash { get; set; }

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsIn(ModelNode folder) => this == folder || Parent?.IsIn(folder) is true;
}

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

    public bool Create(string path, bool isFolder, int size)
    {
        if (At(path) is not null || Above(path).Any(folder => At(folder) is { IsFolder: false }))
        {
            return false;
        }

        Add(path, isFolder, size);
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

    public void Copy(ModelNode file) => Add(Free(file.Path, isFolder: false), isFolder: false, file.Size);

    private void Add(string path, bool isFolder, int size)
    {
        var folder = Ensure(path);
        _nodes.Add(new ModelNode(isFolder, Join(folder, path[(path.LastIndexOf('/') + 1)..]), folder, size));
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
