namespace PromptStash.Identity.Data;

/// <summary>What was granted on the strength of a password or a second factor, and ends with it.</summary>
internal static class Grants
{
    /// <summary>Ends all sessions of a user, the devices that need no second factor, sign-ins under way and reset links.</summary>
    public static async Task EndAllGrantsAsync(this IdentityDbContext db, Guid userId, CancellationToken cancellationToken)
    {
        await db.Sessions.Where(s => s.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        await db.EndTwoFactorGrantsAsync(userId, cancellationToken);
        var reset = $"{VerificationPurposes.ResetPassword}:{userId}";
        await db.Verifications.Where(v => v.Identifier == reset).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Ends the devices that need no second factor, and sign-ins that wait for one.</summary>
    public static Task EndTwoFactorGrantsAsync(this IdentityDbContext db, Guid userId, CancellationToken cancellationToken)
    {
        var devices = $"{VerificationPurposes.TrustedDevice}:{userId}:";
        var challenges = $"{VerificationPurposes.TwoFactorChallenge}:{userId}:";

        return db.Verifications
            .Where(v => v.Identifier.StartsWith(devices) || v.Identifier.StartsWith(challenges))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
