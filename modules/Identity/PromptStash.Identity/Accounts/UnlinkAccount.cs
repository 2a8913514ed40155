using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Accounts;

/// <summary>Which way to sign in to give up.</summary>
/// <param name="AccountId">Its id, or the provider's id of the user.</param>
/// <param name="ProviderId">The provider; needed with the provider's id.</param>
/// <param name="Password">The password; needed when the sign-in was more than 15 minutes ago.</param>
internal sealed record UnlinkAccountRequest(string AccountId, string? ProviderId, string? Password) : IAuthRequest<UnlinkAccountRequest>
{
    public static UnlinkAccountRequest Read(BodyReader body) => new(
        body.String("accountId", maxLength: 500),
        body.OptionalString("providerId", maxLength: 100),
        body.OptionalString("password", PasswordRules.MaxCodeUnits));
}

internal static class UnlinkAccount
{
    public static void MapUnlinkAccount(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/unlink-account", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(UnlinkAccount))
            .WithSummary("Give up one of your ways to sign in, but not the last")
            .WithRequestExample(new { providerId = "github", accountId = "583231" })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<StatusAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<UnlinkAccountRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        SecurityNotices notices,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var session = context.GetRequiredSession();
        var now = time.GetUtcNow();
        if (request.Password is not null)
        {
            if ((await confirmation.CheckAsync(session.User.Id, request.Password, context, now, cancellationToken)).Error is { } error)
            {
                return error;
            }
        }
        else if (!session.IsYoungerThan(options.Value.Session.ConfirmedFor, now))
        {
            return AuthErrors.SessionNotFresh;
        }

        return await db.InTransactionAsync<Results<Ok<StatusAnswer>, AuthErrorResult>>(
            async (transaction, cancelled) =>
            {
                // One at a time for a user: of two requests that each give up one of two, the second finds only one left.
                await db.LockUserAsync(session.User.Id, cancelled);
                var accounts = await db.Accounts
                    .Where(a => a.UserId == session.User.Id)
                    .Select(a => new { a.Id, a.ProviderId, a.AccountId })
                    .ToListAsync(cancelled);
                var found = accounts.Find(a => a.Id.ToString() == request.AccountId)
                    ?? accounts.Find(a => a.ProviderId == request.ProviderId && a.AccountId == request.AccountId);
                if (accounts.Count == 1)
                {
                    return AuthErrors.LastAccount;
                }

                if (found is null)
                {
                    return AuthErrors.AccountNotFound;
                }

                await db.Accounts.Where(a => a.Id == found.Id).ExecuteDeleteAsync(cancelled);
                notices.Add(db, session.User.Email, SecurityNotice.AccountUnlinked, now);
                db.AddSuccess(AuditTypes.AccountUnlinked, session.User.Id, context, now, detail: found.ProviderId);
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.Ok(StatusAnswer.Done);
            },
            cancellationToken);
    }
}
