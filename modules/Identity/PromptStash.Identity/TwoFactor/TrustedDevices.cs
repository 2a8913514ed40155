using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.TwoFactor;

/// <summary>Devices whose user chose not to be asked for a code there. Each sign-in changes the secret, so a stolen one is soon found out.</summary>
internal sealed class TrustedDevices(IdentityDbContext db, IOptions<IdentityOptions> options)
{
    /// <summary>Trusts the device: the secret is saved now, and the caller hands it out when everything else is saved too.</summary>
    public Task<string> AddAsync(Guid userId, DateTimeOffset now, CancellationToken cancellationToken) => db.IssueAsync(
        VerificationPurposes.TrustedDevice, $"{userId}:{Guid.CreateVersion7(now)}", now, options.Value.TwoFactor.TrustedDeviceLifetime, cancellationToken);

    /// <summary>Writes the secret into the device's cookie.</summary>
    public void WriteCookie(HttpContext context, string secret) =>
        SecretCookie.TrustedDevice.Write(context, secret, options.Value.TwoFactor.TrustedDeviceLifetime);

    /// <summary>Whether the request comes from a device that this user trusts; its secret is replaced by a new one.</summary>
    public async Task<bool> RecognizeAsync(HttpContext context, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (SecretCookie.TrustedDevice.Read(context.Request) is not { } secret
            || await db.FindAsync(secret, VerificationPurposes.TrustedDevice, now, cancellationToken) is not { } found
            || found.UserId != userId
            || await db.ConsumeAsync(secret, cancellationToken, VerificationPurposes.TrustedDevice) is null)
        {
            return false;
        }

        WriteCookie(context, await AddAsync(userId, now, cancellationToken));

        return true;
    }
}
