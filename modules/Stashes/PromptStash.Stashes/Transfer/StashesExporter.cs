using System.Text;
using System.Text.Json;
using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Transfer;

/// <summary>
/// This module's part of an account export: what is in stashes and in the trash, with every version. <c>stashes/stashes.json</c> tells what
/// is what; a version's text is in <c>stashes/versions/FILE-ID/vN.txt</c>.
/// </summary>
internal sealed class StashesExporter(StashesDbContext db, ContentStore contents) : IAccountExporter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper) },
    };

    public async Task ExportAsync(Guid userId, IAccountArchive archive, CancellationToken cancellationToken)
    {
        var stashes = await db.Stashes
            .Where(s => s.UserId == userId)
            .OrderBy(s => s.Id)
            .Select(s => new
            {
                s.Id,
                s.Name,
                s.Scope,
                s.Description,
                s.CreatedAt,
                s.UpdatedAt,
                s.DeletedAt,
                Folders = s.Folders.OrderBy(f => f.Path).Select(f => new { f.Id, f.Path, f.CreatedAt, f.DeletedAt }).ToList(),
                Files = s.Files.OrderBy(f => f.Path).Select(f => new
                {
                    f.Id,
                    f.Path,
                    f.Kind,
                    f.FileType,
                    f.Version,
                    Tags = f.Tags.Select(t => t.Tag.Name).ToList(),
                    Labels = f.Labels.OrderBy(l => l.Name).Select(l => new { l.Name, l.Version, l.UpdatedAt }).ToList(),
                    Versions = f.Versions.OrderBy(v => v.Version).Select(v => new { v.Version, v.Size, v.Message, v.CreatedBy, v.CreatedAt }).ToList(),
                    f.CreatedAt,
                    f.UpdatedAt,
                    f.DeletedAt,
                }).ToList(),
            })
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        await using (var file = await archive.AddFileAsync("stashes/stashes.json", cancellationToken))
        {
            await JsonSerializer.SerializeAsync(file, stashes, Json, cancellationToken);
        }

        var tags = await db.Tags
            .Where(t => t.OwnerId == userId)
            .OrderBy(t => t.Name)
            .Select(t => new { t.Name, t.Color, t.CreatedAt })
            .ToListAsync(cancellationToken);
        await using (var file = await archive.AddFileAsync("stashes/tags.json", cancellationToken))
        {
            await JsonSerializer.SerializeAsync(file, tags, Json, cancellationToken);
        }

        foreach (var fileId in stashes.SelectMany(stash => stash.Files).Select(file => file.Id))
        {
            await ExportVersionsAsync(fileId, archive, cancellationToken);
        }
    }

    private async Task ExportVersionsAsync(Guid fileId, IAccountArchive archive, CancellationToken cancellationToken)
    {
        // One at a time: a history of a hundred large versions need not be in memory at once.
        var numbers = await db.FileVersions.Where(v => v.FileId == fileId).OrderBy(v => v.Version).Select(v => v.Version).ToListAsync(cancellationToken);
        foreach (var number in numbers)
        {
            // Purged for good in the meantime: an archive that lacks a text must not look complete, so the connection is cut.
            var content = await contents.ReadVersionAsync(fileId, number, cancellationToken)
                ?? throw new InvalidOperationException("A file was purged during the export.");
            await using var file = await archive.AddFileAsync($"stashes/versions/{fileId}/v{number}.txt", cancellationToken);
            await file.WriteAsync(Encoding.UTF8.GetBytes(content), cancellationToken);
        }
    }
}
