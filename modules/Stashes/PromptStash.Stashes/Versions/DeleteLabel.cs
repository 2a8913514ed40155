using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

internal static class DeleteLabel
{
    public static void MapDeleteLabel(this IEndpointRouteBuilder files) =>
        files.MapDelete("/{fileId:guid}/labels/{name}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteLabel))
            .WithSummary("Take a label off a file; the version stays");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid fileId,
        [Description("The label's name, such as 'stable'.")] string name,
        ClaimsPrincipal user,
        StashesDbContext db,
        CancellationToken cancellationToken)
    {
        // What cannot be a label's name may also be something that PostgreSQL cannot compare.
        var deleted = VersionName.IsLabel(name)
            ? await db.FilesOf(user.GetUserId())
                .Where(f => f.Id == fileId)
                .SelectMany(f => f.Labels)
                .Where(l => l.Name == name)
                .ExecuteDeleteAsync(cancellationToken)
            : 0;

        return deleted == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
