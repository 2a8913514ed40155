using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Transfer;

/// <summary>What an import did, or would do.</summary>
/// <param name="Created">Files that were not there.</param>
/// <param name="Updated">Files that got a new version.</param>
/// <param name="Unchanged">Files that held this very content already.</param>
/// <param name="Skipped">What was left out, and why.</param>
internal sealed record ImportResult(int Created, int Updated, int Unchanged, IReadOnlyList<SkippedEntry> Skipped);

internal static class ImportArchive
{
    public static void MapImportArchive(this IEndpointRouteBuilder stashes) =>
        stashes.MapPost("/{stashId:guid}/import", HandleAsync)
            .RequireAuthorization()
            .Accepts<Stream>("application/zip", "application/x-zip-compressed")

            // The handler counts by itself: an archive that is too large is answered with 400 and the limit, before and while it arrives.
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithName(nameof(ImportArchive))
            .WithSummary("Merge a zip archive into a stash, by path, all or nothing")
            .WithDescription(
                "New paths become files, changed ones get a version, the rest stays as it is; nothing is deleted. Paths that lead out of the archive, links, "
                + "and archives over the limits are refused as a whole. Files that are too large or not UTF-8 text are skipped, with the reason.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithResponseExample(new ImportResult(
                849, 0, 0, [new SkippedEntry("assets/logo.png", "The file is not UTF-8 text.")]));

    private static async Task<Results<Ok<ImportResult>, NotFound, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        HttpRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        ImportWriter writer,
        IOptions<StashesOptions> options,
        CancellationToken cancellationToken,
        [Description("Tell what would happen, and change nothing.")] bool dryRun = false)
    {
        var userId = user.GetUserId();
        if (!await db.StashesOf(userId).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        try
        {
            await using var spool = await SpoolAsync(request, options.Value.MaxArchiveBytes, cancellationToken);
            using var archive = ArchiveReader.Open(spool, options.Value);
            var result = await writer.WriteAsync(stashId, userId, archive, dryRun, cancellationToken);

            return result is null ? TypedResults.NotFound() : TypedResults.Ok(result);
        }
        catch (ArchiveException exception)
        {
            return Problems.BadRequest(exception.Message);
        }
    }

    /// <summary>A zip's directory is at its end, so the archive must be complete before it can be read; on disk, where it takes no memory.</summary>
    private static async Task<FileStream> SpoolAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

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

        try
        {
            var buffer = new byte[81920];
            int read;
            while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (spool.Length + read > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }

                await spool.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            await spool.FlushAsync(cancellationToken);
            spool.Position = 0;

            return spool;
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    private static ArchiveException TooLarge(int maxBytes) => new($"The archive has more than {maxBytes} bytes.");
}
