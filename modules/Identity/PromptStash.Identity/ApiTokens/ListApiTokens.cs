using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.ApiTokens;

internal static class ListApiTokens
{
    public static void MapListApiTokens(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/api-tokens", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListApiTokens))
            .WithSummary("List your tokens, newest first, without their secrets")
            .WithResponseExample(new[] { ApiTokenAnswer.Example })
            .ProducesErrors(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<List<ApiTokenAnswer>>> HandleAsync(
        HttpContext context, IdentityDbContext db, CancellationToken cancellationToken)
    {
        var userId = context.GetRequiredSession().User.Id;

        return TypedResults.Ok(await db.ApiTokens
            .Where(t => t.UserId == userId)
            .OrderByDescending(t => t.Id)
            .Select(t => new ApiTokenAnswer(t.Id, t.Name, t.Scopes, t.StashIds, t.ExpiresAt, t.LastUsedAt, t.CreatedAt))
            .ToListAsync(cancellationToken));
    }
}
