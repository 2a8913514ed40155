using Microsoft.AspNetCore.Identity;
using PromptStash.Identity.Contracts;

namespace PromptStash.Identity.Passwords;

/// <summary>Hashes passwords for neighbours, in the same queue as those of accounts.</summary>
internal sealed class PasswordHashes(PasswordHashing hashing) : IPasswordHashes
{
    public async Task<string?> HashAsync(string password, CancellationToken cancellationToken)
    {
        try
        {
            return await hashing.HashAsync(password, cancellationToken);
        }
        catch (PasswordHashingBusyException)
        {
            return null;
        }
    }

    public async Task<bool?> VerifyAsync(string storedHash, string password, CancellationToken cancellationToken)
    {
        try
        {
            return await hashing.VerifyAsync(storedHash, password, cancellationToken) != PasswordVerificationResult.Failed;
        }
        catch (PasswordHashingBusyException)
        {
            return null;
        }
    }
}
