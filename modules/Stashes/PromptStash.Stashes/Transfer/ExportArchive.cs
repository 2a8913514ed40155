using System.IO.Compression;
using System.Text;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Transfer;

internal static class ExportArchive
{
    /// <summary>How much content is read ahead, in bytes.</summary>
    private const int ReadAheadBytes = 4 * 1024 * 1024;

    private const int MaxReadAheadFiles = 1000;

    /// <summary>Zip's first moment: a time of export would make every archive of the same content another one.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void MapExportArchive(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/export", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ExportArchive))
            .WithSummary("Get all files of a stash as a zip archive")
            .WithDescription("The same content gives the same bytes. Folders without files have an entry of their own.")
            .Produces<Stream>(StatusCodes.Status200OK, "application/zip");

    private static async Task<Results<PushStreamHttpResult, NotFound>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        StashesDbContext db,
        ContentStore contents,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var stash = await db.StashesOf(userId).Where(s => s.Id == stashId).Select(s => new { s.Name }).SingleOrDefaultAsync(cancellationToken);
        if (stash is null)
        {
            return TypedResults.NotFound();
        }

        // One statement sees one moment of the stash. Versions never change, so their contents can be read at the client's pace
        // afterwards, without a transaction that stays open as long as a slow download takes.
        var files = await db.FilesOf(userId)
            .Where(f => f.StashId == stashId)
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(f => new ExportedFile(f.Path, f.ContentHash, f.Size))
            .ToListAsync(cancellationToken);
        var emptyFolders = await db.FoldersOf(userId)
            .Where(f => f.StashId == stashId && !f.Children.Any(c => c.DeletedAt == null) && !f.Files.Any(c => c.DeletedAt == null))
            .Select(f => f.Path)
            .ToListAsync(cancellationToken);

        return TypedResults.Stream(
            body => WriteAsync(body, contents, userId, files, emptyFolders, cancellationToken), "application/zip", $"{stash.Name}.zip");
    }

    private static async Task WriteAsync(
        Stream body,
        ContentStore contents,
        Guid ownerId,
        List<ExportedFile> files,
        List<string> emptyFolders,
        CancellationToken cancellationToken)
    {
        // ZipArchive writes the end of an entry synchronously, which would block a thread for as long as the client takes its time.
        using var pending = new PendingOutput();
        using (var archive = new ZipArchive(pending, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var folder in emptyFolders.Order(StringComparer.Ordinal))
            {
                archive.CreateEntry(folder + "/").LastWriteTime = Epoch;
            }

            for (var start = 0; start < files.Count;)
            {
                var end = EndOfBatch(files, start);
                var batch = files[start..end];
                foreach (var (path, content) in await ReadAsync(contents, ownerId, batch, cancellationToken))
                {
                    WriteEntry(archive, path, content);
                    await pending.MoveToAsync(body, cancellationToken);
                }

                start = end;
            }
        }

        await pending.MoveToAsync(body, cancellationToken);
    }

    private static int EndOfBatch(List<ExportedFile> files, int start)
    {
        long bytes = files[start].Size;
        var end = start + 1;
        while (end < files.Count && end - start < MaxReadAheadFiles && bytes + files[end].Size <= ReadAheadBytes)
        {
            bytes += files[end++].Size;
        }

        return end;
    }

    private static void WriteEntry(ZipArchive archive, string path, string content)
    {
        var entry = archive.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = Epoch;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(content));
    }

    /// <summary>Reads contents into memory before they are written, so that a slow client holds no database connection.</summary>
    private static async Task<List<(string Path, string Content)>> ReadAsync(
        ContentStore contents, Guid ownerId, List<ExportedFile> files, CancellationToken cancellationToken)
    {
        var texts = await contents.ReadManyAsync(ownerId, files.Select(file => file.Hash), cancellationToken);

        // Purged for good in the meantime: an archive that lacks a file must not look complete, so the connection is cut.
        return files.ConvertAll(file => texts.TryGetValue(Convert.ToHexString(file.Hash), out var text)
            ? (file.Path, text)
            : throw new InvalidOperationException("A file was purged during the export."));
    }

    private sealed record ExportedFile(string Path, byte[] Hash, int Size);
}
