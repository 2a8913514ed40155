using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>Where to put a label.</summary>
/// <param name="Version">The version that it is to stand for.</param>
public sealed record SetLabelRequest([property: Range(1, int.MaxValue)] int Version);

internal static class SetLabel
{
    public static void MapSetLabel(this IEndpointRouteBuilder files) =>
        files.MapPut("/{fileId:guid}/labels/{name}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(SetLabel))
            .WithSummary("Put a label on a version, or move it there")
            .WithDescription("A label is lower case, such as 'stable': letters, digits, '.', '_' and '-', not digits alone, and not 'latest', which every file has.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new SetLabelRequest(2))
            .WithResponseExample(LabelSummary.Example);

    private static async Task<Results<Ok<LabelSummary>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fileId,
        [Description("The label's name, such as 'stable'; at most 50 characters.")] string name,
        SetLabelRequest request,
        ClaimsPrincipal user,
        StashesDbContext db,
        IOptions<StashesOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!VersionName.IsLabel(name))
        {
            return Problems.Invalid(
                "name", $"A label has 1 to {FileLabel.NameMaxLength} of a-z, 0-9, '.', '_' and '-', begins with a letter or digit, and is neither a number nor '{VersionName.Latest}'.");
        }

        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var label = new LabelSummary(name, request.Version, userId, now);

        return await db.InTransactionAsync<Results<Ok<LabelSummary>, NotFound, ValidationProblem, ProblemHttpResult>>(
            async (transaction, cancelled) =>
            {
                // The file's row lock makes those who label it take turns, so that the count below stays true.
                var locked = await db.Database
                    .SqlQuery<int>(
                        $"""
                        SELECT f.version AS "Value" FROM stashes.files AS f JOIN stashes.stashes AS s ON s.id = f.stash_id
                        WHERE f.id = {fileId} AND f.deleted_at IS NULL AND s.user_id = {userId} AND s.deleted_at IS NULL
                        FOR NO KEY UPDATE OF f
                        """)
                    .ToListAsync(cancelled);
                if (locked.Count == 0)
                {
                    return TypedResults.NotFound();
                }

                if (request.Version > locked[0])
                {
                    return Problems.Invalid("version", $"The file has no version {request.Version}; it is at version {locked[0]}.");
                }

                var set = await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO stashes.file_labels (file_id, name, version, updated_by, updated_at)
                    SELECT {fileId}, {name}, {request.Version}, {userId}, {now}
                    WHERE (SELECT count(*) FROM stashes.file_labels WHERE file_id = {fileId} AND name <> {name}) < {options.Value.MaxLabels}
                    ON CONFLICT (file_id, name) DO UPDATE
                    SET version = excluded.version, updated_by = excluded.updated_by, updated_at = excluded.updated_at
                    """, cancelled);
                if (set == 0)
                {
                    return Problems.Conflict($"The file has {options.Value.MaxLabels} labels, which is the most that it may have.");
                }

                await transaction.CommitAsync(cancelled);

                return TypedResults.Ok(label);
            },
            committed: async cancelled =>
            {
                if (await db.FileLabels.AnyAsync(l => l.FileId == fileId && l.Name == name && l.UpdatedBy == userId && l.UpdatedAt == now, cancelled))
                {
                    return TypedResults.Ok(label);
                }

                return null;
            },
            cancellationToken);
    }
}
