using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using PromptStash.Identity.Data;
using PromptStash.Identity.TwoFactor;

namespace PromptStash.Identity.KeyRing;

/// <summary>Tries the key ring on a secret that the database holds.</summary>
internal static class SecretsProbe
{
    public static async Task<bool?> TryAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var secret = await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().TwoFactors
            .OrderBy(factor => factor.Id)
            .Select(factor => factor.Secret)
            .FirstOrDefaultAsync(cancellationToken);
        if (secret is null)
        {
            return null;
        }

        try
        {
            return services.GetRequiredService<IDataProtectionProvider>().CreateProtector(TotpSecrets.Purpose).Unprotect(Convert.FromBase64String(secret)).Length > 0;
        }
        catch (CryptographicException)
        {
            return false; // The key is missing, or encrypted to a certificate that is not at hand.
        }
    }
}
