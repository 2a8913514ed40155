using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;
using PromptStash.Identity.Throttling;
using PromptStash.Identity.TwoFactor;

namespace PromptStash.Identity.SignIn;

/// <summary>Who wants to sign in.</summary>
/// <param name="Email">The address, in any spelling of case.</param>
/// <param name="Password">The password.</param>
/// <param name="CallbackURL">Where the client should go next: a path, or an address at a trusted origin.</param>
/// <param name="RememberMe">False for a session that ends with the browser, or after a day.</param>
internal sealed record SignInEmailRequest(string Email, string Password, string? CallbackURL, bool? RememberMe) : IAuthRequest<SignInEmailRequest>
{
    public static bool AcceptsForm => true;

    public static SignInEmailRequest Read(BodyReader body) => new(
        body.String("email", maxLength: 1024),
        body.String("password", PasswordRules.MaxCodeUnits),
        body.OptionalString("callbackURL", EmailVerificationMail.CallbackUrlMaxLength),
        body.OptionalBoolean("rememberMe"));
}

/// <summary>The session's handle and its user; the session itself is in the cookie.</summary>
internal sealed record SignInAnswer(
    bool Redirect,
    Guid Token,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    UserAnswer User);

/// <summary>The password was right, and a code is needed too.</summary>
internal sealed record TwoFactorRedirectAnswer(bool TwoFactorRedirect, string[] TwoFactorMethods)
{
    public static readonly TwoFactorRedirectAnswer Totp = new(true, ["totp"]);
}

internal static class SignInEmail
{
    public static void MapSignInEmail(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/sign-in/email", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(SignInEmail))
            .WithSummary("Sign in with an e-mail address and a password")
            .WithDescription(
                "Begins a new session, whose secret is in the Set-Cookie header, and ends the one that the request carried. With a second factor the " +
                "answer is {twoFactorRedirect: true, twoFactorMethods: [\"totp\"]} instead, and verify-totp completes the sign-in.")
            .WithRequestExample(new { email = "ada@example.com", password = "analytical engine no. 1", rememberMe = true })
            .WithResponseExample(new SignInAnswer(Redirect: false, SessionAnswer.Example.Token, Url: null, UserAnswer.Example))
            .ProducesErrors(
                StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests,
                StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<SignInAnswer>, Ok<TwoFactorRedirectAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<SignInEmailRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordRules rules,
        PasswordHashing hashing,
        AttemptLimit limit,
        SessionStarter sessions,
        TrustedDevices devices,
        SecondFactor secondFactor,
        TrustedOrigins origins,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request.CallbackURL is { } callbackUrl && !origins.IsTrustedRedirect(callbackUrl))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        if (!BodyReader.TryNormalizeEmail(request.Email, out var email))
        {
            return AuthErrors.InvalidEmail;
        }

        if (rules.IsTooLong(request.Password))
        {
            return AuthErrors.PasswordTooLong;
        }

        var now = time.GetUtcNow();
        var attempts = AttemptLimit.SignInKey(email);
        var allowed = await limit.TryAsync(attempts, now, cancellationToken);
        var found = await db.Accounts
            .Where(a => a.User.Email == email && a.ProviderId == Account.CredentialProvider)
            .Select(a => new { a.User, a.Password })
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);

        // One that is refused takes as long as one that is wrong, and neither tells whether there is such an account.
        var verified = await hashing.VerifyAsync(allowed ? found?.Password : null, request.Password, cancellationToken);
        if (found is null || verified == PasswordVerificationResult.Failed)
        {
            await db.SaveFailureAsync(AuditTypes.SignIn, found?.User.Id, context, now, cancellationToken);
            return AuthErrors.InvalidEmailOrPassword;
        }

        await limit.ForgetAsync(attempts, cancellationToken);
        if (options.Value.RequireVerifiedEmail && !found.User.EmailVerified)
        {
            return AuthErrors.EmailNotVerified;
        }

        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await RehashAsync(db, hashing, found.User.Id, found.Password!, request.Password, cancellationToken);
        }

        var remember = request.RememberMe ?? true;
        if (found.User.TwoFactorEnabled && !await devices.RecognizeAsync(context, found.User.Id, now, cancellationToken))
        {
            await secondFactor.ChallengeAsync(context, found.User.Id, remember, now, cancellationToken);

            return TypedResults.Ok(TwoFactorRedirectAnswer.Totp);
        }

        var session = sessions.Start(db, found.User.Id, remember, context, now);
        db.AddSuccess(AuditTypes.SignIn, found.User.Id, context, now);
        await db.SaveChangesAsync(cancellationToken);
        if (context.GetSession() is { } previous)
        {
            await db.Sessions.Where(s => s.Id == previous.Id).ExecuteDeleteAsync(cancellationToken);
        }

        session.WriteCookie(context);
        if (request.CallbackURL is not null)
        {
            context.Response.Headers.Location = request.CallbackURL;
        }

        return TypedResults.Ok(new SignInAnswer(
            request.CallbackURL is not null, session.Session.Id, request.CallbackURL, UserAnswer.Of(found.User)));
    }

    /// <summary>Replaces a hash of other costs or of another system while the password is at hand, unless it was replaced meanwhile.</summary>
    private static async Task RehashAsync(
        IdentityDbContext db, PasswordHashing hashing, Guid userId, string oldHash, string password, CancellationToken cancellationToken)
    {
        var newHash = await hashing.HashAsync(password, cancellationToken);
        await db.Accounts
            .Where(a => a.UserId == userId && a.ProviderId == Account.CredentialProvider && a.Password == oldHash)
            .ExecuteUpdateAsync(update => update.SetProperty(a => a.Password, newHash), cancellationToken);
    }
}
