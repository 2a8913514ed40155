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
            .Accepts<Stream>("application/zip", "application/x-zip-compressed", "application/gzip", "application/x-gzip", "application/x-tgz", "multipart/form-data")

            // The handler counts by itself: an archive that is too large is answered with 400 and the limit, before and while it arrives.
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithName(nameof(ImportArchive))
            .WithSummary("Merge an archive or a form's files into a stash, by path, all or nothing")
            .WithDescription(
                "A zip archive, a .tar.gz, or a form: there the name of the field is the path, or that of the file where the field is called 'file' or 'files'. "
                + "New paths become files, changed ones get a version, the rest stays as it is; nothing is deleted. Paths that lead out of the archive, links, "
                + "and archives over the limits are refused as a whole. Files that are too large or not UTF-8 text are skipped, with the reason. "
                + "A promptstash.json in the archive's root, as an export with ?metadata=true writes it, brings tags, kinds and messages, and labels and history for the "
                + "files that the import creates. Who wrote a version elsewhere, and when, stays in the archive: here, the import wrote it, now.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
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
        [Description("Tell what would happen, and change nothing.")] bool dryRun = false,
        [Description("Whether to refuse an archive that writes a file with errors (422) instead of importing it.")] bool strict = false)
    {
        var userId = user.GetUserId();
        if (!await db.StashesOf(userId).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        try
        {
            await using var source = await ImportSource.ReceiveAsync(request, options.Value, cancellationToken);
            var outcome = await writer.WriteAsync(stashId, userId, source.Archive, dryRun, strict, cancellationToken);

            return outcome is null ? TypedResults.NotFound() : strict && outcome.Errors.Count > 0 ? outcome.Errors.Answer() : TypedResults.Ok(outcome.Result);
        }
        catch (ArchiveException exception)
        {
            return Problems.BadRequest(exception.Message);
        }
    }
}
