namespace PromptStash.Identity.Data;

/// <summary>What secrets are for. A secret of one purpose is nothing to another: the purpose is part of what is looked up.</summary>
internal static class VerificationPurposes
{
    /// <summary>Subject: the user. Payload: the address that it proves.</summary>
    public const string VerifyEmail = "verify-email";

    /// <summary>Subject: the user. Payload: the address that it was sent to.</summary>
    public const string ResetPassword = "reset-password";

    /// <summary>Subject: the user. Payload: the new address, and where to go on to. Sent to the old address.</summary>
    public const string ConfirmEmailChange = "confirm-email-change";

    /// <summary>Subject: the user. Payload: the old and the new address. Sent to the new address.</summary>
    public const string VerifyEmailChange = "verify-email-change";

    /// <summary>Subject: the user.</summary>
    public const string DeleteUser = "delete-user";

    /// <summary>Subject: the user, and a number of its own. Payload: whether to remember the session.</summary>
    public const string TwoFactorChallenge = "two-factor";

    /// <summary>Subject: the user, and a number of its own.</summary>
    public const string TrustedDevice = "trusted-device";

    /// <summary>Subject: a number of its own.</summary>
    public const string OAuthState = "oauth-state";
}
