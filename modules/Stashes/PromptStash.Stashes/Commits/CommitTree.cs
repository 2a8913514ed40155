using System.Text;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Commits;

/// <summary>
/// The part of a stash that a commit is about, in memory: the changes are made here one after the other, and what they come to is written
/// in a few statements.
/// </summary>
internal sealed class CommitTree
{
    private readonly CommitNode _root = new(Guid.Empty, isFolder: true, "", "");
    private readonly Dictionary<string, string> _keys;
    private readonly List<CommitNode> _trashed = [];
    private readonly List<(PlannedChange Change, CommitNode Node)> _made = [];

    private CommitTree(Dictionary<string, string> keys) => _keys = keys;

    /// <summary>All that lives after the changes, without the root.</summary>
    public IEnumerable<CommitNode> Live => _root.Subtree().Where(node => node != _root);

    /// <summary>All that the changes delete.</summary>
    public IReadOnlyList<CommitNode> Trashed => _trashed;

    /// <summary>
    /// Reads what the changes name, what is above it, and all in what they move or delete. Under the stash's lock, so paths stay; the files are
    /// locked, because their contents are replaced under their own locks.
    /// </summary>
    public static async Task<CommitTree> LoadAsync(StashesDbContext db, Guid stashId, IReadOnlyList<PlannedChange> changes, CancellationToken cancellationToken)
    {
        var named = changes.SelectMany(change => change.To is null ? [change.Path] : new[] { change.Path, change.To }).ToHashSet(StringComparer.Ordinal);
        var paths = named.Concat(named.SelectMany(StashPath.AncestorsOf)).Distinct(StringComparer.Ordinal).ToArray();
        var trees = changes.Where(change => change.Op != CommitOperation.Put).Select(change => change.Path).Distinct(StringComparer.Ordinal).ToArray();

        // PostgreSQL folds the case, here as in the unique index: two ideas of it would disagree on some letter.
        var keys = await db.Database.SqlQuery<PathKey>($"SELECT p.path, lower(p.path) AS key FROM unnest({paths}) AS p (path)").ToListAsync(cancellationToken);
        var folders = await db.Database
            .SqlQuery<Row>(
                $"""
                WITH RECURSIVE below AS (
                    SELECT f.id FROM unnest({trees}) AS t (path)
                    CROSS JOIN LATERAL stashes.folder_at({stashId}, t.path) AS f
                    UNION
                    SELECT f.id FROM below JOIN stashes.folders AS f ON f.parent_id = below.id AND f.deleted_at IS NULL)
                SELECT f.id, f.path, lower(f.path) AS key, f.parent_id, 0 AS version, NULL::bytea AS hash, f.id IN (SELECT id FROM below) AS is_below
                FROM (SELECT id FROM below
                      UNION
                      SELECT f.id FROM unnest({paths}) AS p (path)
                      CROSS JOIN LATERAL stashes.folder_at({stashId}, p.path) AS f) AS wanted
                JOIN stashes.folders AS f ON f.id = wanted.id
                """)
            .ToListAsync(cancellationToken);
        var below = folders.Where(folder => folder.IsBelow).Select(folder => folder.Id).ToArray();
        var files = await db.Database
            .SqlQuery<Row>(
                $"""
                SELECT f.id, f.path, lower(f.path) AS key, f.folder_id AS parent_id, f.version, f.content_hash AS hash, false AS is_below
                FROM stashes.files AS f
                WHERE f.deleted_at IS NULL AND f.id IN (
                    SELECT f.id FROM stashes.files AS f WHERE f.folder_id = ANY ({below}) AND f.deleted_at IS NULL
                    UNION
                    SELECT f.id FROM unnest({paths}) AS p (path)
                    CROSS JOIN LATERAL stashes.file_at({stashId}, p.path) AS f)
                ORDER BY f.id
                FOR NO KEY UPDATE OF f
                """)
            .ToListAsync(cancellationToken);

        var tree = new CommitTree(keys.ToDictionary(key => key.Path, key => key.Key, StringComparer.Ordinal));
        tree.Add(folders, files);

        return tree;
    }

    /// <summary>Makes the changes; where one cannot be made, says why and goes on, so that all of them are told.</summary>
    public List<CommitConflict> Make(IReadOnlyList<PlannedChange> changes)
    {
        var conflicts = new List<CommitConflict>();
        foreach (var change in changes)
        {
            var node = Find(change.Path);
            var reason = CheckVersion(change, node) ?? change.Op switch
            {
                CommitOperation.Put => Put(change, ref node),
                CommitOperation.Delete => Delete(node),
                _ => Move(node, change),
            };
            if (reason is null)
            {
                _made.Add((change, node!));
            }
            else
            {
                conflicts.Add(new CommitConflict(change.Index, change.Path, reason, node is { IsFolder: false } ? node.Version : null));
            }
        }

        conflicts.AddRange(TooLong());
        foreach (var old in _trashed.Where(node => !node.IsNew))
        {
            for (var folder = old.Parent; folder is { IsNew: true, HoldsOld: false }; folder = folder.Parent)
            {
                folder.HoldsOld = true;
            }
        }

        return [.. conflicts.OrderBy(conflict => conflict.Change)];
    }

    /// <summary>
    /// The moves by which paths have become too long, each once. Looked for when all changes are made, not with each of them: a thousand moves of
    /// a large folder would each look through all of it.
    /// </summary>
    private IEnumerable<CommitConflict> TooLong() =>
        from node in Live.Concat(_trashed.Where(node => !node.IsDiscarded))
        where Encoding.UTF8.GetByteCount(node.Path) > StashPath.MaxBytes
        let move = node.MoveOf()
        where move is not null
        group node by move into moved
        select new CommitConflict(moved.Key.Index, moved.Key.Path, $"A path in the folder would become longer than {StashPath.MaxBytes} bytes.", Version: null);

    /// <summary>What came of each change, in their order.</summary>
    public List<CommittedChange> Results(bool dryRun) => _made.ConvertAll(made =>
    {
        var (change, node) = made;
        var outcome = change.Op switch
        {
            _ when node.IsDiscarded || (node.TrashId is not null && change.Op == CommitOperation.Put) => CommitOutcome.Discarded,
            CommitOperation.Delete => CommitOutcome.Deleted,
            CommitOperation.Move => CommitOutcome.Moved,
            _ when node.IsNew => CommitOutcome.Created,
            _ => node.IsWritten ? CommitOutcome.Updated : CommitOutcome.Unchanged,
        };
        var isThere = !node.IsNew || !(node.IsDiscarded || dryRun);
        var version = node.TrashId is null ? node.Version : node.OldVersion;

        return new CommittedChange(change.Op, change.Path, change.To, outcome, isThere ? node.Id : null, node.IsFolder || version == 0 ? null : version);
    });

    private static string? CheckVersion(PlannedChange change, CommitNode? node) => (change.IfVersion, node) switch
    {
        (null, _) or (0, null) => null,
        (_, { IsFolder: true }) => "A folder is at this path, and a folder has no version.",
        (_, null) => "There is no file at this path.",
        (0, _) => $"There is a file at this path already, at version {node.Version}.",
        var (version, _) => version == node.Version ? null : $"The file is at version {node.Version}, not {version}.",
    };

    private string? Put(PlannedChange change, ref CommitNode? node)
    {
        if (node is { IsFolder: true })
        {
            return "A folder is at this path.";
        }

        if (node is null)
        {
            if (FindFileInTheWay(change.Path) is { } file)
            {
                return $"The file '{file.Path}' is in the way.";
            }

            node = new CommitNode(Guid.Empty, isFolder: false, StashPath.NameOf(change.Path), StashPath.NameOf(_keys[change.Path]));
            node.AttachTo(ParentOf(change.Path));
        }

        node.Content = change.Content;

        return null;
    }

    private string? Delete(CommitNode? node)
    {
        if (node is null)
        {
            return "There is nothing at this path.";
        }

        var nodes = node.Subtree().ToList();
        foreach (var trashed in nodes)
        {
            trashed.TrashRoot = node;
        }

        _trashed.AddRange(nodes);
        node.Parent!.Children.Remove(node.Key);

        return null;
    }

    private string? Move(CommitNode? node, PlannedChange change)
    {
        var to = change.To!;
        if (node is null)
        {
            return "There is nothing at this path.";
        }

        if (node.IsFolder && StashPath.AncestorsOf(to).Any(folder => Find(folder) == node))
        {
            return "A folder cannot be moved into itself.";
        }

        if (FindFileInTheWay(to) is { } file)
        {
            return file == node ? $"The file '{file.Path}' itself is in the way of '{to}'." : $"The file '{file.Path}' is in the way of '{to}'.";
        }

        if (Find(to) is { } other && other != node)
        {
            return $"There is a {(other.IsFolder ? "folder" : "file")} at '{to}' already.";
        }

        var parent = ParentOf(to);
        node.Parent!.Children.Remove(node.Key);
        node.Name = StashPath.NameOf(to);
        node.Key = StashPath.NameOf(_keys[to]);
        node.MovedBy = change;
        node.AttachTo(parent);

        return null;
    }

    private CommitNode? Find(string path)
    {
        var node = _root;
        foreach (var key in _keys[path].Split('/'))
        {
            if (!node.Children.TryGetValue(key, out node!))
            {
                return null;
            }
        }

        return node;
    }

    private CommitNode? FindFileInTheWay(string path) => StashPath.AncestorsOf(path).Select(Find).FirstOrDefault(node => node is { IsFolder: false });

    /// <summary>The folder of a path, made where it is missing.</summary>
    private CommitNode ParentOf(string path)
    {
        var node = _root;
        foreach (var folder in StashPath.AncestorsOf(path))
        {
            var key = StashPath.NameOf(_keys[folder]);
            if (!node.Children.TryGetValue(key, out var child))
            {
                child = new CommitNode(Guid.Empty, isFolder: true, StashPath.NameOf(folder), key);
                child.AttachTo(node);
            }

            node = child;
        }

        return node;
    }

    /// <summary>A parent's path is shorter than its child's, so parents come first.</summary>
    private void Add(List<Row> folders, List<Row> files)
    {
        var byId = new Dictionary<Guid, CommitNode>();
        foreach (var folder in folders.OrderBy(folder => folder.Path.Length))
        {
            byId.Add(folder.Id, Add(folder, isFolder: true));
        }

        foreach (var file in files)
        {
            Add(file, isFolder: false);
        }

        CommitNode Add(Row row, bool isFolder)
        {
            var node = new CommitNode(row.Id, isFolder, StashPath.NameOf(row.Path), StashPath.NameOf(row.Key))
            {
                OldPath = row.Path,
                OldKey = row.Key,
                OldParentId = row.ParentId,
                OldVersion = row.Version,
                OldHash = row.Hash,
            };
            node.AttachTo(row.ParentId is { } parent ? byId[parent] : _root);

            return node;
        }
    }

    private sealed record PathKey(string Path, string Key);

    private sealed record Row(Guid Id, string Path, string Key, Guid? ParentId, int Version, byte[]? Hash, bool IsBelow);
}
