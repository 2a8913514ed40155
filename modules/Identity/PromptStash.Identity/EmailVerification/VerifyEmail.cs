using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.EmailVerification;

/// <summary>The address is proven. There is no user in it: the link may have been opened by whoever found it.</summary>
internal sealed record VerifyEmailAnswer(bool Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] object? User);

internal static class VerifyEmail
{
    public static void MapVerifyEmail(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/verify-email", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(VerifyEmail))
            .WithSummary("Prove an e-mail address with the token from the verification mail")
            .WithDescription("With callbackURL the answer is a redirect to it, with error=CODE in its query where something was wrong.")
            .WithResponseExample(new VerifyEmailAnswer(Status: true, User: null))
            .Produces(StatusCodes.Status302Found)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests);

    private static async Task<Results<Ok<VerifyEmailAnswer>, RedirectHttpResult, AuthErrorResult>> HandleAsync(
        [Description("The token from the mail.")] string? token,
        [Description("Where to go on to: a path, or an address at a trusted origin.")] string? callbackURL,
        HttpContext context,
        IdentityDbContext db,
        TrustedOrigins origins,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (callbackURL is not null && !origins.IsTrustedRedirect(callbackURL))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        var now = time.GetUtcNow();
        var error = await VerifyAsync(db, context, token ?? "", now, cancellationToken);

        return (error, callbackURL) switch
        {
            (null, null) => TypedResults.Ok(new VerifyEmailAnswer(Status: true, User: null)),
            (null, _) => TypedResults.Redirect(callbackURL),
            (_, null) => error,
            _ => TypedResults.Redirect(QueryHelpers.AddQueryString(callbackURL, "error", error.Value.Code)),
        };
    }

    private static async Task<AuthErrorResult?> VerifyAsync(
        IdentityDbContext db, HttpContext context, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.ConsumeAsync(token, cancellationToken, VerificationPurposes.VerifyEmail) is not { } consumed)
        {
            return AuthErrors.InvalidToken;
        }

        if (consumed.ExpiresAt <= now)
        {
            return AuthErrors.TokenExpired;
        }

        // The token proves one address. If the user has another one by now, it proves nothing about that.
        var verified = await db.Users
            .Where(u => u.Id == consumed.UserId && u.Email == consumed.Payload)
            .ExecuteUpdateAsync(
                update => update.SetProperty(u => u.EmailVerified, true).SetProperty(u => u.UpdatedAt, now), cancellationToken);

        if (verified == 0)
        {
            return AuthErrors.InvalidToken;
        }

        db.AddSuccess(AuditTypes.EmailVerified, consumed.UserId, context, now);
        await db.SaveChangesAsync(cancellationToken);

        return null;
    }
}
