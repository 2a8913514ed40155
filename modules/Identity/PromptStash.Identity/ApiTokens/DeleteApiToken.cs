using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.ApiTokens;

internal static class DeleteApiToken
{
    public static void MapDeleteApiToken(this IEndpointRouteBuilder auth) =>
        auth.MapDelete("/api-tokens/{tokenId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(DeleteApiToken))
            .WithSummary("Delete one of your tokens; it stops working at once")
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status404NotFound);

    private static async Task<Results<NoContent, AuthErrorResult>> HandleAsync(
        Guid tokenId, HttpContext context, IdentityDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = context.GetRequiredSession().User.Id;
        if (await db.ApiTokens.Where(t => t.Id == tokenId && t.UserId == userId).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return AuthErrors.ApiTokenNotFound;
        }

        db.AddSuccess(AuditTypes.ApiTokenDeleted, userId, context, time.GetUtcNow(), detail: tokenId.ToString());
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.NoContent();
    }
}
