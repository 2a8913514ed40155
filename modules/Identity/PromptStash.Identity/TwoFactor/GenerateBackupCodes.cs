using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.TwoFactor;

/// <summary>The password, once more.</summary>
/// <param name="Password">The password.</param>
internal sealed record ConfirmPasswordRequest(string Password) : IAuthRequest<ConfirmPasswordRequest>
{
    public static ConfirmPasswordRequest Read(BodyReader body) => new(body.String("password", PasswordRules.MaxCodeUnits));
}

/// <summary>Ten new codes, shown this once.</summary>
internal sealed record BackupCodesAnswer(bool Status, string[] BackupCodes);

internal static class GenerateBackupCodes
{
    public static void MapGenerateBackupCodes(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/two-factor/generate-backup-codes", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GenerateBackupCodes))
            .WithSummary("Replace all backup codes by ten new ones")
            .WithRequestExample(new { password = "analytical engine no. 1" })
            .WithResponseExample(new BackupCodesAnswer(Status: true, EnableTwoFactorAnswer.ExampleCodes))
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<BackupCodesAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<ConfirmPasswordRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordConfirmation confirmation,
        BackupCodes backupCodes,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var user = context.GetRequiredSession().User;
        var now = time.GetUtcNow();
        if (!user.TwoFactorEnabled)
        {
            return AuthErrors.TwoFactorNotEnabled;
        }

        if ((await confirmation.CheckAsync(user.Id, body.Value.Password, context, now, cancellationToken)).Error is { } error)
        {
            return error;
        }

        var (codes, stored) = await backupCodes.CreateAsync(cancellationToken);
        var replaced = await db.TwoFactors
            .Where(t => t.UserId == user.Id && t.Verified)
            .ExecuteUpdateAsync(factor => factor.SetProperty(t => t.BackupCodes, stored), cancellationToken);
        if (replaced == 0)
        {
            return AuthErrors.TwoFactorNotEnabled;
        }

        db.AddSuccess(AuditTypes.BackupCodesReplaced, user.Id, context, now);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(new BackupCodesAnswer(Status: true, codes));
    }
}
