using Microsoft.Extensions.Options;

namespace PromptStash.Stashes.Usage;

/// <summary>How much there is of something and how much there may be.</summary>
internal sealed record Use(long Used, long Limit);

/// <summary>What the caller keeps.</summary>
/// <param name="Stashes">Stashes, those in the trash too.</param>
/// <param name="Folders">Folders, those in the trash too.</param>
/// <param name="Files">Files, those in the trash too.</param>
/// <param name="Bytes">
/// Bytes in UTF-8, those in the trash too: of all contents, every version's, each text once, or of what the files hold now, each file's text, if that is more.
/// </param>
internal sealed record UsageSummary(Use Stashes, Use Folders, Use Files, Use Bytes);

internal static class GetUsage
{
    public static void MapGetUsage(this IEndpointRouteBuilder usage) =>
        usage.MapGet("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetUsage))
            .WithSummary("Get how much you keep, and how much you may")
            .WithDescription("The trash and all versions count until they are purged.")
            .WithResponseExample(new UsageSummary(new Use(3, 1000), new Use(57, 100_000), new Use(1204, 100_000), new Use(9_412_077, 2_147_483_648)));

    private static async Task<Ok<UsageSummary>> HandleAsync(
        ClaimsPrincipal user, UsageLimits usage, IOptions<StashesOptions> options, CancellationToken cancellationToken)
    {
        var totals = await usage.ReadAsync(user.GetUserId(), cancellationToken);
        var limits = options.Value;

        return TypedResults.Ok(new UsageSummary(
            new Use(totals.Stashes, limits.MaxStashesPerUser),
            new Use(totals.Folders, limits.MaxFoldersPerUser),
            new Use(totals.Files, limits.MaxFilesPerUser),
            new Use(totals.Bytes, limits.MaxBytesPerUser)));
    }
}
