using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Validation;

/// <summary>Which findings to fix.</summary>
/// <param name="Codes">Their codes; all that have a safe fix when not given.</param>
public sealed record FixFileRequest([property: MaxLength(StashesOptions.MostFixCodes)] IReadOnlyList<string>? Codes = null);

/// <summary>What was fixed.</summary>
/// <param name="Fixed">The codes whose fixes were applied; empty when there was nothing to fix, and then there is no new version.</param>
/// <param name="File">The file, at its new version.</param>
internal sealed record FixFileAnswer(IReadOnlyList<string> Fixed, FileSummary File);

internal static class FixFile
{
    public static void MapFixFile(this IEndpointRouteBuilder files) =>
        files.MapPost("/{fileId:guid}/fix", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.EditContent)
            .WithName(nameof(FixFile))
            .WithSummary("Apply the safe fixes of a file's findings as a new version")
            .WithDescription("If-Match must name the version that was read, such as \"v7\". Fixes that touch the same place wait for the next call.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired)
            .WithRequestExample(new FixFileRequest([FindingCodes.McpUrlWithoutType.Code]))
            .WithResponseExample(new FixFileAnswer([FindingCodes.McpUrlWithoutType.Code], FileSummary.Example with { Version = 2 }));

    private static async Task<Results<Ok<FixFileAnswer>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        FixFileRequest? request,
        HttpContext http,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        FileWriter writer,
        ContentStore contents,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        [FromHeader(Name = "If-Match"), Description("The version that was read, such as \"v7\".")] string? ifMatch = null)
    {
        var userId = user.GetUserId();
        var codes = request?.Codes;
        if (!ETags.TryReadIfMatch(http.Request, out var any, out var versions))
        {
            return Problems.VersionNotNamed();
        }

        if (codes?.Count > options.Value.MaxFixCodes)
        {
            return Problems.Invalid("codes", $"A request names at most {options.Value.MaxFixCodes} codes.");
        }

        if (codes?.FirstOrDefault(code => FindingCodes.All.All(known => known.Code != code)) is { } unknown)
        {
            return Problems.Invalid("codes", $"'{unknown}' is no code of a finding.");
        }

        var file = await access.FilesOf(user).Where(f => f.Id == fileId).Select(FileSummary.Projection).SingleOrDefaultAsync(cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        if (!any && !versions.Contains(file.Version))
        {
            return Problems.Stale(http.Response, file.Version);
        }

        if (await contents.ReadVersionAsync(fileId, file.Version, cancellationToken) is not { } text)
        {
            return TypedResults.NotFound();
        }

        var outcome = Fixes.Apply(text, Checker.Check(file.Path, text, file.Kind).Findings, codes);
        if (outcome.Codes.Count == 0)
        {
            http.Response.Headers.ETag = ETags.Of(file.Version);

            return TypedResults.Ok(new FixFileAnswer([], file));
        }

        if (!FileContent.TryCreate(outcome.Content, options.Value.MaxFileBytes, out var content, out var error))
        {
            return Problems.Invalid("content", error);
        }

        // Against the version that was checked, even for If-Match: *: a fix of one text must not be written over another.
        var message = "Fixed: " + string.Join(", ", outcome.Codes);
        var now = time.GetUtcNow();
        var result = await writer.ReplaceAsync(
            access.FilesOf(user), fileId, userId, any: false, [file.Version], content, message[..Math.Min(message.Length, FileVersion.MessageMaxLength)], now, cancellationToken);
        if (result.Outcome is WriteOutcome.Stale)
        {
            return Problems.Stale(http.Response, result.Version);
        }

        var written = await access.FilesOf(user).Where(f => f.Id == fileId).Select(FileSummary.Projection).SingleOrDefaultAsync(cancellationToken);
        if (written is null)
        {
            return TypedResults.NotFound();
        }

        // Somebody may have written since: the answer tells what this request wrote.
        http.Response.Headers.ETag = ETags.Of(result.Version);

        return TypedResults.Ok(new FixFileAnswer(outcome.Codes, written.As(result, content.Size, now)));
    }
}
