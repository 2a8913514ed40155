using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

/// <summary>The beginning of an enrolment.</summary>
/// <param name="Password">The password.</param>
/// <param name="Issuer">How the account is named in the authenticator app.</param>
/// <param name="Method">Only <c>totp</c> is offered.</param>
internal sealed record EnableTwoFactorRequest(string Password, string? Issuer, string? Method) : IAuthRequest<EnableTwoFactorRequest>
{
    public static EnableTwoFactorRequest Read(BodyReader body) => new(
        body.String("password", PasswordRules.MaxCodeUnits), body.OptionalString("issuer", maxLength: 50), body.OptionalString("method", maxLength: 10));
}

/// <summary>What the authenticator app needs, and the backup codes. Both are shown this once.</summary>
internal sealed record EnableTwoFactorAnswer(string Method, string TotpURI, string[] BackupCodes)
{
    public static readonly string ExampleUri =
        "otpauth://totp/PromptStash:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=PromptStash&digits=6&period=30";

    public static readonly string[] ExampleCodes = ["Xk2Lq-9TfWz", "b7RcP-Hd4sM"];
}

internal static class EnableTwoFactor
{
    public static void MapEnableTwoFactor(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/two-factor/enable", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(EnableTwoFactor))
            .WithSummary("Begin to use an authenticator app as second factor")
            .WithDescription("Nothing changes until verify-totp has seen a code of the new secret.")
            .WithRequestExample(new { password = "analytical engine no. 1" })
            .WithResponseExample(new EnableTwoFactorAnswer("totp", EnableTwoFactorAnswer.ExampleUri, EnableTwoFactorAnswer.ExampleCodes))
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<EnableTwoFactorAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<EnableTwoFactorRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        TotpSecrets secrets,
        BackupCodes backupCodes,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var user = context.GetRequiredSession().User;
        var now = time.GetUtcNow();
        if (request.Method is not (null or "totp"))
        {
            return AuthErrors.OtpNotConfigured;
        }

        if ((await confirmation.CheckAsync(user.Id, request.Password, context, now, cancellationToken)).Error is { } error)
        {
            return error;
        }

        var (codes, storedCodes) = await backupCodes.CreateAsync(cancellationToken);
        var secret = secrets.Create();

        // An enrolment that was never finished is begun anew; one that was is left alone.
        var begun = await db.Database
            .SqlQuery<Guid>($"""
                INSERT INTO identity.two_factors AS t (id, user_id, secret, backup_codes, verified, failed_count)
                VALUES ({Guid.CreateVersion7(now)}, {user.Id}, {secret}, {storedCodes}, FALSE, 0)
                ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, backup_codes = excluded.backup_codes, last_step = NULL
                    WHERE NOT t.verified
                RETURNING id
                """)
            .ToListAsync(cancellationToken);

        return begun.Count == 0
            ? AuthErrors.TotpAlreadyEnabled
            : TypedResults.Ok(new EnableTwoFactorAnswer("totp", secrets.UriOf(secret, user.Email, request.Issuer), codes));
    }
}
