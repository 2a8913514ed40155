using System.IO.Compression;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;
using PromptStash.Identity.Sessions;

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

    private static async Task HandleAsync(
        HttpContext context,
        ClaimsPrincipal user,
        IdentityDbContext db,
        IEnumerable<IAccountExporter> exporters,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        db.AddSuccess(AuditTypes.AccountExported, userId, context, now);
        await db.SaveChangesAsync(cancellationToken);

        context.Response.ContentType = MediaTypeNames.Application.Zip;
        context.Response.Headers.ContentDisposition = "attachment; filename=\"promptstash-account.zip\"";

        // Straight to the caller: a user's stashes may be larger than what memory there is for one request.
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var zip = await ZipArchive.CreateAsync(
            context.Response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var archive = new AccountArchive(zip, now);
        foreach (var exporter in exporters)
        {
            await exporter.ExportAsync(userId, archive, cancellationToken);
        }
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
