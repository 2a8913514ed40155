using System.IO.Compression;
using System.Net.Mime;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Accounts;

internal static class ExportAccount
{
    public static void MapExportAccount(this IEndpointRouteBuilder account) =>
        account.MapGet("/export", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ExportAccount))
            .WithSummary("Take away everything that is held about you, as a zip archive")
            .WithDescription("The account, its sessions, tokens and audit events as JSON, and what the other modules hold. Never by API token.")
            .Produces(StatusCodes.Status200OK, contentType: MediaTypeNames.Application.Zip)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static async Task<FileStreamHttpResult> HandleAsync(
        HttpContext context,
        ClaimsPrincipal user,
        IdentityDbContext db,
        IEnumerable<IAccountExporter> exporters,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var file = CreateTemporaryFile();
        try
        {
            await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken))
            {
                var archive = new AccountArchive(zip, now);
                foreach (var exporter in exporters)
                {
                    await exporter.ExportAsync(userId, archive, cancellationToken);
                }
            }

            db.AddSuccess(AuditTypes.AccountExported, userId, context, now);
            await db.SaveChangesAsync(cancellationToken);
            file.Position = 0;

            // The answer closes the file, and that deletes it.
            return TypedResults.Stream(file, MediaTypeNames.Application.Zip, "promptstash-account.zip");
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Not in memory, which a user's stashes may not fit in, and not straight to the caller, who could not be told of an error any more.
    /// Readable by this process's user alone, and gone as soon as it is closed.
    /// </summary>
    private static FileStream CreateTemporaryFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }

    private sealed class AccountArchive(ZipArchive zip, DateTimeOffset now) : IAccountArchive
    {
        public Task<Stream> AddFileAsync(string path, CancellationToken cancellationToken)
        {
            var entry = zip.CreateEntry(path, CompressionLevel.Fastest);
            entry.LastWriteTime = now;

            return entry.OpenAsync(cancellationToken);
        }
    }
}
