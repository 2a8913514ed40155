using PromptStash.Stashes.Data;
using PromptStash.Stashes.Folders;

namespace PromptStash.Stashes.Files;

/// <summary>Makes the row of a file that is not there yet.</summary>
internal static class NewFile
{
    public static StashFile Of(
        Guid id, Guid stashId, Guid ownerId, string path, FileContent content, FileKind? kind, Dictionary<string, FolderPlace> folders, DateTimeOffset now)
    {
        var facts = FileFacts.Of(path, content.Text, kind);
        var folder = StashPath.ParentOf(path) is { } parent ? folders[parent] : null;
        var name = StashPath.NameOf(path);

        return new StashFile
        {
            Id = id,
            Name = name,
            Path = folder is null ? name : $"{folder.Path}/{name}",
            Content = content.Text,
            FileType = facts.Type,
            Kind = facts.Kind,
            FolderId = folder?.Id,
            StashId = stashId,
            OwnerId = ownerId,
            Version = 1,
            Size = content.Size,
            ContentHash = content.Hash,
            Description = facts.Description,
            Fields = facts.Fields,
            Tokens = facts.Tokens,
            CheckedRules = facts.CheckedRules,
            Errors = facts.Errors,
            Warnings = facts.Warnings,
            Infos = facts.Infos,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}
