using System.IO.Compression;
using System.Text;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Transfer;

/// <summary>A text of an archive, and where it stands.</summary>
internal sealed record ExportedText(string Path, byte[] Hash, int Size);

/// <summary>What an archive will hold: one moment of a stash.</summary>
internal sealed record Export(string Name, Guid OwnerId, IReadOnlyList<ExportedText> Texts, IReadOnlyList<string> EmptyFolders, byte[]? Metadata);

/// <summary>Writes zip archives. The same content gives the same bytes.</summary>
internal sealed class ExportWriter(ContentStore contents)
{
    /// <summary>How much content is read ahead, in bytes.</summary>
    private const int ReadAheadBytes = 4 * 1024 * 1024;

    private const int MaxReadAheadFiles = 1000;

    /// <summary>Zip's first moment: a time of export would make every archive of the same content another one.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public PushStreamHttpResult Answer(Export export, CancellationToken cancellationToken) => TypedResults.Stream(
        body => WriteAsync(body, export, cancellationToken), "application/zip", $"{export.Name}.zip");

    private async Task WriteAsync(Stream body, Export export, CancellationToken cancellationToken)
    {
        // ZipArchive writes the end of an entry synchronously, which would block a thread for as long as the client takes its time.
        using var pending = new PendingOutput();
        using (var archive = new ZipArchive(pending, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var folder in export.EmptyFolders.Order(StringComparer.Ordinal))
            {
                archive.CreateEntry(folder + "/").LastWriteTime = Epoch;
            }

            if (export.Metadata is not null)
            {
                WriteEntry(archive, ArchiveMetadata.Path, export.Metadata);
            }

            for (var start = 0; start < export.Texts.Count;)
            {
                var end = EndOfBatch(export.Texts, start);
                foreach (var (path, content) in await ReadAsync(export, start, end, cancellationToken))
                {
                    WriteEntry(archive, path, Encoding.UTF8.GetBytes(content));
                    await pending.MoveToAsync(body, cancellationToken);
                }

                start = end;
            }
        }

        await pending.MoveToAsync(body, cancellationToken);
    }

    private static int EndOfBatch(IReadOnlyList<ExportedText> texts, int start)
    {
        long bytes = texts[start].Size;
        var end = start + 1;
        while (end < texts.Count && end - start < MaxReadAheadFiles && bytes + texts[end].Size <= ReadAheadBytes)
        {
            bytes += texts[end++].Size;
        }

        return end;
    }

    private static void WriteEntry(ZipArchive archive, string path, byte[] content)
    {
        var entry = archive.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = Epoch;
        using var stream = entry.Open();
        stream.Write(content);
    }

    /// <summary>Reads contents into memory before they are written, so that a slow client holds no database connection.</summary>
    private async Task<List<(string Path, string Content)>> ReadAsync(Export export, int start, int end, CancellationToken cancellationToken)
    {
        var batch = Enumerable.Range(start, end - start).Select(i => export.Texts[i]).ToList();
        var texts = await contents.ReadManyAsync(export.OwnerId, batch.Select(text => text.Hash), cancellationToken);

        // Purged for good in the meantime: an archive that lacks a file must not look complete, so the connection is cut.
        return batch.ConvertAll(text => texts.TryGetValue(Convert.ToHexString(text.Hash), out var content)
            ? (text.Path, content)
            : throw new InvalidOperationException("A file was purged during the export."));
    }
}
