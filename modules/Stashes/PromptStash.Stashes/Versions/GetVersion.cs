using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>A version with its content.</summary>
internal sealed record VersionDetails(
    int Version, int Size, int? EstimatedTokens, string Sha256, string? Message, Guid CreatedBy, DateTimeOffset CreatedAt, string Content)
{
    public static VersionDetails Of(VersionSummary version, string content) =>
        new(version.Version, version.Size, version.EstimatedTokens, version.Sha256, version.Message, version.CreatedBy, version.CreatedAt, content);
}

internal static class GetVersion
{
    public static void MapGetVersion(this IEndpointRouteBuilder files) =>
        files.MapGet("/{fileId:guid}/versions/{version:int}", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(GetVersion))
            .WithSummary("Get what a file held at a version")
            .WithResponseExample(VersionDetails.Of(VersionSummary.Example, "Read the diff first.\n"));

    private static async Task<Results<Ok<VersionDetails>, NotFound>> HandleAsync(
        Guid fileId,
        [Description("Its number, counted from 1.")] int version,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        ContentStore contents,
        CancellationToken cancellationToken)
    {
        var found = !access.Shows(version) ? null : await access.FilesOf(user)
            .Where(f => f.Id == fileId)
            .SelectMany(f => f.Versions)
            .Where(v => v.Version == version)
            .Select(VersionSummary.Projection)
            .SingleOrDefaultAsync(cancellationToken);
        var content = found is null ? null : await contents.ReadVersionAsync(fileId, version, cancellationToken);

        return found is null || content is null ? TypedResults.NotFound() : TypedResults.Ok(VersionDetails.Of(found, content));
    }
}
