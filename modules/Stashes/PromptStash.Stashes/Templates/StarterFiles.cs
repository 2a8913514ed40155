using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Templates;

/// <summary>The templates as the first files of a stash, each where Claude Code looks for it in such a stash.</summary>
internal sealed class StarterFiles(StashesDbContext db, FileWriter writer)
{
    private const string PluginOfMarketplace = "plugins/team-tools/";

    /// <summary>Writes them into a stash that has nothing yet, in the transaction that makes it.</summary>
    public async Task WriteAsync(Stash stash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var templates = PathsOf(stash.Scope).ToList();
        var ancestors = new HashSet<string>(StringComparer.Ordinal);
        templates.ForEach(template => StashPath.AddAncestors(ancestors, template.Path));
        var folders = new Dictionary<string, FolderPlace>(StringComparer.Ordinal);
        await db.EnsureFoldersAsync(stash.Id, ancestors, folders, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);

        // Our own texts: no limit on what others send is asked.
        var files = templates.ConvertAll(template => new FileToMerge(
            template.Path,
            StashPath.ParentOf(template.Path) is { } parent ? folders[parent].Id : null,
            FileContent.TryCreate(template.Content, int.MaxValue, out var content, out var error) ? content : throw new InvalidOperationException(error),
            Kind: null,
            Message: null));
        await writer.MergeAsync(stash.Id, stash.UserId, stash.UserId, files, now, cancellationToken);
    }

    /// <summary>A plugin has its agents, skills and commands beside its manifest, a marketplace has its plugins in folders, and all others begin like a project.</summary>
    private static IEnumerable<(string Path, string Content)> PathsOf(StashScope scope) =>
        from template in FileTemplate.All
        let path = scope switch
        {
            StashScope.Plugin => InPlugin(template),
            StashScope.Marketplace when template.Kind == FileKind.Marketplace => template.Path,
            StashScope.Marketplace when InPlugin(template) is { } inPlugin => PluginOfMarketplace + inPlugin,
            StashScope.Marketplace => null,
            _ => template.Kind is FileKind.Plugin or FileKind.Marketplace or FileKind.Hooks ? null : template.Path,
        }
        where path is not null
        select (path, template.Content);

    private static string? InPlugin(FileTemplate template) => template.Kind switch
    {
        FileKind.Agent or FileKind.Skill or FileKind.Command => template.Path[".claude/".Length..],
        FileKind.Plugin or FileKind.Hooks => template.Path,
        _ => null,
    };
}
