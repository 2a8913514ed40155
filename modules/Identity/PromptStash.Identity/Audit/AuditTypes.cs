namespace PromptStash.Identity.Audit;

/// <summary>What is audited. The names are stored and shown; they never change.</summary>
internal static class AuditTypes
{
    public const string SignUp = "sign-up";
    public const string SignIn = "sign-in";
    public const string SignOut = "sign-out";
    public const string SessionsRevoked = "sessions-revoked";
    public const string EmailVerified = "email-verified";
    public const string EmailChangeRequested = "email-change-requested";
    public const string EmailChanged = "email-changed";
    public const string PasswordConfirmation = "password-confirmation";
    public const string PasswordChanged = "password-changed";
    public const string PasswordReset = "password-reset";
    public const string UserUpdated = "user-updated";
    public const string AccountExported = "account-exported";
    public const string UserDeleted = "user-deleted";
    public const string TwoFactor = "two-factor";
    public const string TwoFactorEnabled = "two-factor-enabled";
    public const string TwoFactorDisabled = "two-factor-disabled";
    public const string BackupCodesReplaced = "backup-codes-replaced";
    public const string AccountLinked = "account-linked";
    public const string AccountUnlinked = "account-unlinked";
    public const string ApiTokenCreated = "api-token-created";
    public const string ApiTokenDeleted = "api-token-deleted";
}
