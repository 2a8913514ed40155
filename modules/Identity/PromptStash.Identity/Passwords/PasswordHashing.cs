using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.Passwords;

/// <summary>
/// Makes and checks password hashes, a bounded number at a time: a hash takes a core for tens of milliseconds, and sign-ins that nobody
/// pays for must not take all of them.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    private readonly Argon2idHasher _hasher;
    private readonly ConcurrencyLimiter _limiter;
    private readonly string _nobodysHash;

    public PasswordHashing(IOptions<IdentityOptions> options)
    {
        var hashing = options.Value.Hashing;
        _hasher = new Argon2idHasher(hashing.MemoryKiB, hashing.Passes);
        _limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = hashing.Concurrency > 0 ? hashing.Concurrency : Environment.ProcessorCount,
            QueueLimit = hashing.QueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _nobodysHash = _hasher.Hash(Guid.CreateVersion7(DateTimeOffset.UnixEpoch).ToString());
    }

    /// <summary>Hashes a new password.</summary>
    /// <exception cref="PasswordHashingBusyException">Too many wait already; answered with 503 for all operations alike.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(() => _hasher.Hash(password), cancellationToken);

    /// <summary>Checks a password against a stored hash. Without one the same work is done for nothing, so that the time does not tell.</summary>
    /// <exception cref="PasswordHashingBusyException">Too many wait already; answered with 503 for all operations alike.</exception>
    public Task<bool> VerifyAsync(string? storedHash, string password, CancellationToken cancellationToken) =>
        RunAsync(() => Argon2idHasher.Verify(storedHash ?? _nobodysHash, password) && storedHash is not null, cancellationToken);

    public void Dispose() => _limiter.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        using var lease = await _limiter.AcquireAsync(permitCount: 1, cancellationToken);
        if (!lease.IsAcquired)
        {
            throw new PasswordHashingBusyException();
        }

        // On a thread of its own: the pool starts with one thread per core, and those must stay free for the other requests.
        return await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}

/// <summary>More passwords wait to be hashed than may; see <see cref="HashingOptions.QueueLimit"/>.</summary>
internal sealed class PasswordHashingBusyException() : Exception("Too many passwords wait to be hashed.");
