using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Tags;

namespace PromptStash.Stashes.Files;

/// <summary>What to do with many files.</summary>
public enum BulkAction
{
    /// <summary>Move them into a folder, or to the root.</summary>
    Move,

    /// <summary>Move them into the trash, each by itself.</summary>
    Delete,

    /// <summary>Put tags on them.</summary>
    Tag,

    /// <summary>Take tags off them.</summary>
    Untag,
}

/// <summary>The same operation on many files of a stash: all or nothing.</summary>
public sealed record BulkFilesRequest
{
    /// <summary>MOVE, DELETE, TAG or UNTAG.</summary>
    [Required, EnumDataType(typeof(BulkAction))]
    public BulkAction? Action { get; init; }

    /// <summary>The files; at most 1,000, unless configured otherwise.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<Guid> FileIds { get; init; } = [];

    /// <summary>Of MOVE, which has to name it: the folder of the same stash; <c>null</c> is the root.</summary>
    public Guid? FolderId
    {
        get;
        init
        {
            // Only called when the body names it: a key that was misspelt must not move a thousand files to the root.
            field = value;
            NamesFolder = true;
        }
    }

    /// <summary>Of TAG and UNTAG: names. Tags that are put on files for the first time are made.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Whether the request names a folder.</summary>
    [JsonIgnore]
    public bool NamesFolder { get; private set; }
}

/// <summary>What a bulk operation did.</summary>
/// <param name="Files">How many files it was about; those that were so already count too.</param>
internal sealed record BulkFilesResult(BulkAction Action, int Files);

/// <summary>Why one file cannot take part.</summary>
internal sealed record BulkFileProblem(Guid FileId, string Detail);

internal static class BulkFiles
{
    public static void MapBulkFiles(this IEndpointRouteBuilder stashes) =>
        stashes.MapPost("/{stashId:guid}/files/bulk", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(BulkFiles))
            .WithSummary("Move, delete, tag or untag many files at once")
            .WithDescription("All or nothing: when one of the files cannot take part, the answer is 409, lists each of those with its reason in 'files', and nothing is changed.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new BulkFilesRequest { Action = BulkAction.Tag, FileIds = [FileSummary.Example.Id], Tags = ["review"] })
            .WithResponseExample(new BulkFilesResult(BulkAction.Tag, 1));

    private static async Task<Results<Ok<BulkFilesResult>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid stashId,
        BulkFilesRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        BulkWriter writer,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var fileIds = request.FileIds.Distinct().ToArray();
        if (fileIds.Length > options.Value.MaxBulkFiles)
        {
            return Problems.Invalid("fileIds", $"One operation takes at most {options.Value.MaxBulkFiles} files.");
        }

        var action = request.Action!.Value;
        var names = Array.Empty<string>();
        if (action is BulkAction.Tag or BulkAction.Untag)
        {
            if (request.Tags is not { Count: > 0 })
            {
                return Problems.Invalid("tags", "Name at least one tag.");
            }

            if (!TagName.TryParseAll(request.Tags, options.Value.MaxTagsPerFile, out names, out var error))
            {
                return Problems.Invalid("tags", error);
            }
        }

        if (action == BulkAction.Move && !request.NamesFolder)
        {
            return Problems.Invalid("folderId", "Name the folder to move them into; null is the root.");
        }

        var bulk = new Bulk(stashId, userId, action, fileIds, request.FolderId, names, time.GetUtcNow());
        try
        {
            var outcome = await db.InTransactionAsync<BulkOutcome>(
                async (transaction, cancelled) =>
                {
                    var outcome = await writer.WriteAsync(bulk, cancelled);
                    if (outcome is { IsFound: true, Invalid: null, Problems.Count: 0 })
                    {
                        await db.SaveChangesAsync(cancelled);
                        await transaction.CommitAsync(cancelled);
                    }

                    return outcome;
                },
                committed: cancelled => writer.FindDoneAsync(bulk, cancelled),
                cancellationToken);

            return outcome switch
            {
                { IsFound: false } => TypedResults.NotFound(),
                { Invalid: { } invalid } => Problems.Invalid(invalid.Field, invalid.Detail),
                { Problems.Count: > 0 } => TypedResults.Problem(
                    "Nothing was changed, because not all of the files can take part.",
                    statusCode: StatusCodes.Status409Conflict,
                    extensions: new Dictionary<string, object?> { ["files"] = outcome.Problems }),
                _ => TypedResults.Ok(new BulkFilesResult(action, fileIds.Length)),
            };
        }
        catch (Exception exception) when (StashesDbContext.PathConstraints.Any(exception.IsViolationOf))
        {
            return Problems.Conflict("Something is in the way of one of the files.");
        }
    }
}
