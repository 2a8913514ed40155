using System.IO.Compression;
using System.Text;
using Npgsql;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Transfer;

internal static class ExportArchive
{
    /// <summary>How much content is read ahead, in bytes.</summary>
    private const int ReadAheadBytes = 4 * 1024 * 1024;

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
            body => WriteAsync(body, source, files, emptyFolders, cancellationToken), "application/zip", $"{stash.Name}.zip");
    }

    private static async Task WriteAsync(
        Stream body, NpgsqlDataSource source, List<ExportedFile> files, List<string> emptyFolders, CancellationToken cancellationToken)
    {
        await using var archive = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        foreach (var folder in emptyFolders.Order(StringComparer.Ordinal))
        {
            archive.CreateEntry(folder + "/").LastWriteTime = Epoch;
        }

        for (var start = 0; start < files.Count;)
        {
            var end = start;
            long bytes = 0;
            do
            {
                bytes += files[end++].Size;
            }
            while (end < files.Count && bytes + files[end].Size <= ReadAheadBytes);

            await foreach (var (path, content) in ReadAsync(source, files[start..end], cancellationToken))
            {
                var entry = archive.CreateEntry(path, CompressionLevel.Optimal);
                entry.LastWriteTime = Epoch;
                await using var stream = await entry.OpenAsync(cancellationToken);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(content), cancellationToken);
            }

            start = end;
        }
    }

    private static async IAsyncEnumerable<(string Path, string Content)> ReadAsync(
        NpgsqlDataSource source, List<ExportedFile> files, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
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

        // Read into memory before it is written, so that a slow client holds no database connection.
        var contents = new List<string?>(files.Count);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                contents.Add(await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0));
            }
        }

        foreach (var (file, content) in files.Zip(contents))
        {
            // Purged for good in the meantime: an archive that lacks a file must not look complete.
            yield return content is null
                ? throw new InvalidOperationException("A file was purged during the export.")
                : (file.Path, content);
        }
    }

    private sealed record ExportedFile(Guid Id, string Path, int Version, int Size);
}
