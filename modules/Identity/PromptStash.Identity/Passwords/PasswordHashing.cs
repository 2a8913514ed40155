using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Passwords;

/// <summary>
/// Makes and checks password hashes, a bounded number at a time: a hash takes a core for tens of milliseconds, and sign-ins that nobody
/// pays for must not take all of them.
/// </summary>
/// <remarks>
/// A password is hashed in NFKC and UTF-8, so that it does not matter how a keyboard composes an accent. Nothing is cut off: every one of
/// its bytes counts.
/// </remarks>
internal sealed class PasswordHashing : IDisposable
{
    private readonly Argon2idCost _cost;
    private readonly ConcurrencyLimiter _limiter;
    private readonly Argon2idHash _nobodysHash;

    public PasswordHashing(IOptions<IdentityOptions> options)
    {
        var hashing = options.Value.Hashing;
        _cost = new Argon2idCost(hashing.MemoryKiB, hashing.Passes);
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = hashing.Concurrency > 0 ? hashing.Concurrency : Environment.ProcessorCount,
            QueueLimit = hashing.QueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _nobodysHash = Argon2idHash.Create(RandomNumberGenerator.GetBytes(32), _cost);
    }

    /// <summary>What a new hash costs.</summary>
    public Argon2idCost Cost => _cost;

    /// <summary>Hashes a new password.</summary>
    /// <exception cref="PasswordHashingBusyException">Too many wait already; answered with 503 for all operations alike.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(password, bytes => Argon2idHash.Create(bytes, _cost).ToString(), cancellationToken);

    /// <summary>Checks a password against a stored hash. Without one the same work is done for nothing, so that the time does not tell.</summary>
    /// <exception cref="PasswordHashingBusyException">Too many wait already; answered with 503 for all operations alike.</exception>
    public Task<PasswordVerificationResult> VerifyAsync(string? storedHash, string password, CancellationToken cancellationToken) =>
        RunAsync(password, bytes => Verify(storedHash, bytes), cancellationToken);

    /// <summary>Derives bytes from a short secret under a given salt, as slowly as for a password.</summary>
    /// <exception cref="PasswordHashingBusyException">Too many wait already; answered with 503 for all operations alike.</exception>
    public Task<byte[]> DeriveAsync(string secret, byte[] salt, Argon2idCost cost, int length, CancellationToken cancellationToken) =>
        RunAsync(secret, bytes => Argon2idHash.Derive(bytes, salt, cost, length), cancellationToken);

    public void Dispose() => _limiter.Dispose();

    private PasswordVerificationResult Verify(string? storedHash, byte[] password)
    {
        if (storedHash is not null && BetterAuthScryptHash.Parse(storedHash) is { } scrypt)
        {
            return scrypt.Matches(password) ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
        }

        var hash = storedHash is null ? null : Argon2idHash.Parse(storedHash);

        return (hash ?? _nobodysHash).Matches(password) && hash is not null
            ? hash.IsCurrent(_cost) ? PasswordVerificationResult.Success : PasswordVerificationResult.SuccessRehashNeeded
            : PasswordVerificationResult.Failed;
    }

    private async Task<T> RunAsync<T>(string secret, Func<byte[], T> work, CancellationToken cancellationToken)
    {
        using var lease = await _limiter.AcquireAsync(permitCount: 1, cancellationToken);
        if (!lease.IsAcquired)
        {
            throw new PasswordHashingBusyException();
        }

        var bytes = Encoding.UTF8.GetBytes(secret.Normalize(NormalizationForm.FormKC));
        try
        {
            // On a thread of its own: the pool starts with one thread per core, and those must stay free for the other requests.
            return await Task.Factory.StartNew(() => work(bytes), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}

/// <summary>More passwords wait to be hashed than may; see <see cref="HashingOptions.QueueLimit"/>.</summary>
internal sealed class PasswordHashingBusyException() : Exception("Too many passwords wait to be hashed.");
