using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>A version with its content.</summary>
internal sealed record VersionDetails(int Version, int Size, string Sha256, Guid CreatedBy, DateTimeOffset CreatedAt, string Content);

internal static class GetVersion
{
    public static void MapGetVersion(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/versions/{version:int}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetVersion))
            .WithSummary("Get what a file held at a version")
            .WithResponseExample(new VersionDetails(
                VersionSummary.Example.Version, VersionSummary.Example.Size, VersionSummary.Example.Sha256,
                VersionSummary.Example.CreatedBy, VersionSummary.Example.CreatedAt, "Read the diff first.\n"));

    private static async Task<Results<Ok<VersionDetails>, NotFound>> HandleAsync(
        Guid fileId,
        [Description("Its number, counted from 1.")] int version,
        ClaimsPrincipal user,
        StashesDbContext db,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var found = await db.FilesOf(userId)
            .Where(f => f.Id == fileId)
            .SelectMany(f => f.Versions)
            .Where(v => v.Version == version)
            .Select(v => new VersionDetails(v.Version, v.Size, Convert.ToHexStringLower(v.ContentHash), v.CreatedBy, v.CreatedAt, v.Content))
            .SingleOrDefaultAsync(cancellationToken);

        return found is null ? TypedResults.NotFound() : TypedResults.Ok(found);
    }
}
