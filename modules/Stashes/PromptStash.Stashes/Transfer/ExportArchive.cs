using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using PromptStash.Stashes.Data;

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
        NpgsqlDataSource source,
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
            .Select(f => new ExportedFile(f.Id, f.Path, f.Version, f.Size))
            .ToListAsync(cancellationToken);
        var emptyFolders = await db.FoldersOf(userId)
            .Where(f => f.StashId == stashId && !f.Children.Any(c => c.DeletedAt == null) && !f.Files.Any(c => c.DeletedAt == null))
            .Select(f => f.Path)
            .ToListAsync(cancellationToken);

        return TypedResults.Stream(
            body => WriteAsync(body, db.Database.CreateExecutionStrategy(), source, files, emptyFolders, cancellationToken), "application/zip", $"{stash.Name}.zip");
    }

    private static async Task WriteAsync(
        Stream body,
        IExecutionStrategy retries,
        NpgsqlDataSource source,
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
                foreach (var (path, content) in await retries.ExecuteAsync(cancelled => ReadAsync(source, batch, cancelled), cancellationToken))
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
        NpgsqlDataSource source, List<ExportedFile> files, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT v.content
            FROM unnest($1, $2) WITH ORDINALITY AS f (id, version, n)
            LEFT JOIN stashes.file_versions AS v ON v.file_id = f.id AND v.version = f.version
            ORDER BY f.n
            """);
        command.Parameters.Add(new() { Value = files.Select(file => file.Id).ToArray() });
        command.Parameters.Add(new() { Value = files.Select(file => file.Version).ToArray() });

        var contents = new List<(string, string)>(files.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        foreach (var file in files)
        {
            // Purged for good in the meantime: an archive that lacks a file must not look complete, so the connection is cut.
            if (!await reader.ReadAsync(cancellationToken) || await reader.IsDBNullAsync(0, cancellationToken))
            {
                throw new InvalidOperationException("A file was purged during the export.");
            }

            contents.Add((file.Path, reader.GetString(0)));
        }

        return contents;
    }

    private sealed record ExportedFile(Guid Id, string Path, int Version, int Size);
}
