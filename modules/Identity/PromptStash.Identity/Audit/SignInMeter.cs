using System.Diagnostics.Metrics;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Audit;

/// <summary>Counts sign-ins by what was shown and how it ended, and never by whose they are.</summary>
internal static class SignInMeter
{
    private const string Password = "password";

    private static readonly Meter Meter = new("PromptStash.Identity");

    private static readonly Counter<long> SignIns = Meter.CreateCounter<long>("promptstash.sign_ins", "{sign_in}", "Sign-ins, by what was shown and how they ended.");

    /// <summary>Counts an event that is a sign-in which succeeded, or one of its steps that failed.</summary>
    public static void Count(AuditEvent audit)
    {
        if (audit.Type == AuditTypes.SignIn || (audit.Type == AuditTypes.TwoFactor && !audit.Succeeded))
        {
            // The detail of these is "totp", "backup-code" or the name of a provider that the operator has set up.
            SignIns.Add(
                1,
                new KeyValuePair<string, object?>("method", audit.Detail ?? Password),
                new KeyValuePair<string, object?>("outcome", audit.Succeeded ? "succeeded" : "failed"));
        }
    }
}
