using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace PromptStash.IntegrationTests;

/// <summary>Notes the files in the archives that clients send, alone or as parts of a form. Some are broken, and some are bombs: a beginning of each is enough.</summary>
internal static class ArchiveSecrets
{
    private const int MostFiles = 50;
    private const int MostOfAFile = 16 * 1024;

    /// <summary>Whether a body of this type is an archive, or may hold one.</summary>
    public static bool IsArchive(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && (IsZip(type) || IsTar(type) || IsForm(type));

    public static async Task NoteAsync(SecretIndex secrets, string contentType, byte[] body)
    {
        try
        {
            await NoteAsync(secrets, MediaTypeHeaderValue.Parse(contentType), body);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or FormatException or ArgumentException or NotSupportedException)
        {
            // Tests send what is no archive, too. What was read before it is noted.
        }
    }

    private static async Task NoteAsync(SecretIndex secrets, MediaTypeHeaderValue type, byte[] body)
    {
        if (IsForm(type))
        {
            var form = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), new MemoryStream(body));
            while (await form.ReadNextSectionAsync() is { } part)
            {
                using var content = new MemoryStream();
                await part.Body.CopyToAsync(content);
                await NoteAsync(secrets, MediaTypeHeaderValue.TryParse(part.ContentType, out var own) ? own : new MediaTypeHeaderValue("text/plain"), content.ToArray());
            }
        }
        else if (IsZip(type))
        {
            using var zip = new ZipArchive(new MemoryStream(body));
            foreach (var entry in zip.Entries.Take(MostFiles))
            {
                await using var content = await entry.OpenAsync();
                await NoteFileAsync(secrets, content);
            }
        }
        else if (IsTar(type))
        {
            await using var packed = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            await using var tar = new TarReader(packed);
            for (var number = 0; number < MostFiles && await tar.GetNextEntryAsync() is { } entry; number++)
            {
                await NoteFileAsync(secrets, entry.DataStream ?? Stream.Null);
            }
        }
        else
        {
            await NoteFileAsync(secrets, new MemoryStream(body));
        }
    }

    private static async Task NoteFileAsync(SecretIndex secrets, Stream content)
    {
        var beginning = new byte[MostOfAFile];
        secrets.Add(Encoding.UTF8.GetString(beginning, 0, await content.ReadAtLeastAsync(beginning, MostOfAFile, throwOnEndOfStream: false)));
    }

    private static bool IsForm(MediaTypeHeaderValue type) => type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) && type.Boundary.HasValue;

    private static bool IsZip(MediaTypeHeaderValue type) => type.MediaType.Value is "application/zip" or "application/x-zip-compressed";

    private static bool IsTar(MediaTypeHeaderValue type) => type.MediaType.Value is "application/gzip" or "application/x-gzip" or "application/x-tgz";
}
