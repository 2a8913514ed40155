namespace PromptStash.Identity.Contracts;

/// <summary>Hashes passwords as slowly as those of accounts, and only so many at a time: what guards a link deserves no less.</summary>
public interface IPasswordHashes
{
    /// <summary>A hash to store; null when too many wait already, which is answered with 503.</summary>
    Task<string?> HashAsync(string password, CancellationToken cancellationToken);

    /// <summary>Whether the password is the one of a stored hash; null when too many wait already, which is answered with 503.</summary>
    Task<bool?> VerifyAsync(string storedHash, string password, CancellationToken cancellationToken);
}
