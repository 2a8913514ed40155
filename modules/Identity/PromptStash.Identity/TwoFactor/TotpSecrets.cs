using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using OtpNet;

namespace PromptStash.Identity.TwoFactor;

/// <summary>
/// Time-based codes (RFC 6238: SHA-1, 6 digits, 30 seconds, as every authenticator app reads them) and their secrets, encrypted with the
/// key ring.
/// </summary>
internal sealed class TotpSecrets(IDataProtectionProvider dataProtection, IOptions<IdentityOptions> options)
{
    private const int SecretLength = 20; // RFC 4226, 4: 160 bits.

    // The current step and the one before, for a clock that is slow or a hand that is (RFC 6238, 5.2). ASVS 6.5.5 would have one only;
    // that makes every code that is typed at the end of its step fail.
    private static readonly VerificationWindow Window = new(previous: 1, future: 0);

    /// <summary>What sets these secrets apart from everything else that the key ring encrypts.</summary>
    public const string Purpose = "totp-secret";

    private readonly IDataProtector _protector = dataProtection.CreateProtector(Purpose);

    /// <summary>Makes a secret, in the form in which it is stored.</summary>
    public string Create() => Convert.ToBase64String(_protector.Protect(KeyGeneration.GenerateRandomKey(SecretLength)));

    /// <summary>The address that an authenticator app reads from a QR code.</summary>
    public string UriOf(string storedSecret, string email, string? issuer)
    {
        var name = Uri.EscapeDataString(issuer ?? options.Value.TwoFactor.Issuer);

        return $"otpauth://totp/{name}:{Uri.EscapeDataString(email)}?secret={Base32Encoding.ToString(Decrypt(storedSecret)).TrimEnd('=')}&issuer={name}&digits=6&period=30";
    }

    /// <summary>The time step for which the code is right, or null. Whether that step was used before is for the database to say.</summary>
    public long? FindStep(string storedSecret, string code, DateTimeOffset now) =>
        new Totp(Decrypt(storedSecret)).VerifyTotp(now.UtcDateTime, code, out var step, Window) ? step : null;

    private byte[] Decrypt(string storedSecret) => _protector.Unprotect(Convert.FromBase64String(storedSecret));
}
