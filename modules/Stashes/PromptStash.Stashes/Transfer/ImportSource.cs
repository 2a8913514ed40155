using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PromptStash.Stashes.Transfer;

/// <summary>What somebody sent to be imported, complete and on disk, where it takes no memory.</summary>
internal sealed partial class ImportSource(ArchiveReader archive, Stream spool) : IAsyncDisposable
{
    /// <summary>Field names that say nothing; the file's name is its path then.</summary>
    private static readonly string[] Nameless = ["", "file", "files", "files[]"];

    public ArchiveReader Archive => archive;

    /// <summary>Receives a zip archive, a .tar.gz, or a form with files, by the request's content type.</summary>
    /// <exception cref="ArchiveException">It is damaged, a danger, or over the limits.</exception>
    public static async Task<ImportSource> ReceiveAsync(HttpRequest request, StashesOptions limits, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.MaxArchiveBytes)
        {
            throw TooLarge(limits.MaxArchiveBytes);
        }

        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        var spool = CreateSpool();
        try
        {
            if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) is true)
            {
                return new ImportSource(await ReceivePartsAsync(request, type, spool, limits, cancellationToken), spool);
            }

            await CopyAsync(request.Body, spool, limits.MaxArchiveBytes, () => TooLarge(limits.MaxArchiveBytes), cancellationToken);
            spool.Position = 0;
            if (IsGzip(type?.MediaType.Value))
            {
                var tar = await UnpackAsync(spool, limits, cancellationToken);
                await spool.DisposeAsync();
                spool = tar;

                return new ImportSource(TarArchiveReader.Open(tar, limits, cancellationToken), tar);
            }

            // A zip's directory is at its end, so the archive must be complete before it can be read.
            return new ImportSource(ArchiveReader.Open(spool, limits), spool);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        archive.Dispose();
        await spool.DisposeAsync();
    }

    private static async Task<PartsReader> ReceivePartsAsync(
        HttpRequest request, MediaTypeHeaderValue type, FileStream spool, StashesOptions limits, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200)
        {
            throw new ArchiveException("The form's content type has no boundary.");
        }

        var parts = new PartsReader(spool, limits);
        try
        {
            var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = null };
            for (var count = 1; await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
            {
                if (count > limits.MaxArchiveEntries)
                {
                    throw new ArchiveException($"The form has more than {limits.MaxArchiveEntries} files.");
                }

                var start = spool.Position;
                await CopyAsync(section.Body, spool, limits.MaxArchiveBytes, () => TooLarge(limits.MaxArchiveBytes), cancellationToken);
                parts.Add(PathOf(section), start);
            }

            return parts;
        }
        catch (Exception exception) when (exception is InvalidDataException || (exception is IOException and not BadHttpRequestException))
        {
            parts.Dispose();
            throw new ArchiveException("The form is damaged, or cut off.");
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>The field's name; the file's, where the field is only called 'file'.</summary>
    private static string PathOf(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
        {
            throw new ArchiveException("A part of the form has no name.");
        }

        var field = Unquoted(disposition, "name", disposition.Name) ?? "";
        var file = disposition.FileNameStar.HasValue ? disposition.FileNameStar.Value : Unquoted(disposition, "filename", disposition.FileName);
        var path = Nameless.Contains(field, StringComparer.OrdinalIgnoreCase) ? file : field;

        return string.IsNullOrEmpty(path) ? throw new ArchiveException("A part of the form has no name.") : path;
    }

    /// <summary>
    /// A name as it was before it was put into quotation marks: browsers write a quotation mark and the ends of a line as bytes in hexadecimal
    /// (WHATWG's multipart/form-data), others put a backslash before a quotation mark or a backslash. Nothing else is a sign of anything: a
    /// backslash before another character is one that a browser left as it is.
    /// </summary>
    private static string? Unquoted(ContentDispositionHeaderValue disposition, string parameter, StringSegment read)
    {
        var written = NameValueHeaderValue.Find(disposition.Parameters, parameter)?.Value ?? default;
        if (!written.HasValue || written.Length < 2 || written[0] != '"' || read != written.Subsegment(1, written.Length - 2))
        {
            return read.Value;
        }

        return Quoted().Replace(read.Value!, match => match.ValueSpan switch
        {
            "%22" => "\"",
            "%0A" or "%0a" => "\n",
            "%0D" or "%0d" => "\r",
            var escaped => escaped[1..].ToString(),
        });
    }

    [GeneratedRegex("""%22|%0[AaDd]|\\["\\]""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    private static async Task<FileStream> UnpackAsync(FileStream packed, StashesOptions limits, CancellationToken cancellationToken)
    {
        var tar = CreateSpool();
        try
        {
            // Besides the contents there are headers of half a kilobyte, two for an entry, and as much padding.
            var most = limits.MaxUnpackedBytes + (2048L * limits.MaxArchiveEntries);
            await using var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            await CopyAsync(gzip, tar, most, () => new ArchiveException($"The archive unpacks to more than {limits.MaxUnpackedBytes} bytes."), cancellationToken);
            tar.Position = 0;

            return tar;
        }
        catch (InvalidDataException)
        {
            await tar.DisposeAsync();
            throw TarArchiveReader.Damaged();
        }
        catch
        {
            await tar.DisposeAsync();
            throw;
        }
    }

    private static async Task CopyAsync(Stream from, FileStream to, long maxBytes, Func<ArchiveException> tooLarge, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (to.Position + read > maxBytes)
            {
                throw tooLarge();
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await to.FlushAsync(cancellationToken);
    }

    private static bool IsGzip(string? type) =>
        type is not null && (type.EndsWith("gzip", StringComparison.OrdinalIgnoreCase) || type.EndsWith("tgz", StringComparison.OrdinalIgnoreCase));

    private static FileStream CreateSpool()
    {
        var spoolOptions = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous | (OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None),
        };
        if (!OperatingSystem.IsWindows())
        {
            spoolOptions.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var spool = new FileStream(Path.Combine(Path.GetTempPath(), $"promptstash-import-{Path.GetRandomFileName()}"), spoolOptions);
        if (!OperatingSystem.IsWindows())
        {
            // Without a name it goes with its last handle, also when the process is killed.
            File.Delete(spool.Name);
        }

        return spool;
    }

    private static ArchiveException TooLarge(int maxBytes) => new($"The archive has more than {maxBytes} bytes.");
}
