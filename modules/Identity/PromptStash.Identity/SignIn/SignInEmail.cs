using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;
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
        PasswordSignIn signIn,
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
        if (await signIn.FindAsync(email, request.Password, context, now, cancellationToken) is not { } user)
        {
            return AuthErrors.InvalidEmailOrPassword;
        }

        if (options.Value.RequireVerifiedEmail && !user.EmailVerified)
        {
            return AuthErrors.EmailNotVerified;
        }

        var remember = request.RememberMe ?? true;
        if (user.TwoFactorEnabled && !await devices.RecognizeAsync(context, user.Id, now, cancellationToken))
        {
            await secondFactor.ChallengeAsync(context, user.Id, remember, now, cancellationToken);

            return TypedResults.Ok(TwoFactorRedirectAnswer.Totp);
        }

        var session = sessions.Start(db, user.Id, remember, context, now);
        db.AddSuccess(AuditTypes.SignIn, user.Id, context, now);
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
            request.CallbackURL is not null, session.Session.Id, request.CallbackURL, UserAnswer.Of(user)));
    }
}
