using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace PromptStash.Identity.KeyRing;

/// <summary>
/// Has the key ring's key made by one process where several start at once on a database that has none, or none that is still good. Each would
/// make one of its own, and read the others' only a day later: until then it would refuse cookies and second factors that they protected.
/// Keys that replace one before its end are made two days ahead, which is time enough.
/// </summary>
internal sealed partial class KeyRingStart(NpgsqlDataSource source, IDataProtectionProvider protection, ILogger<KeyRingStart> logger) : IHostedService
{
    /// <summary>Of the advisory lock; "keys" in ASCII.</summary>
    private const long LockKey = 0x6b657973;

    /// <summary>Making a key takes a moment; whoever holds the lock for longer does not hold up the start.</summary>
    private const int LockTimeoutMs = 9_000;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        BackgroundWork.Name = "KeyRing";
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

            // All of this goes with the transaction, so that it is sound through a pooler. The role's own limit is for requests, in which somebody waits.
            await using var limit = new NpgsqlCommand($"SET LOCAL lock_timeout = {LockTimeoutMs}", connection, transaction);
            await limit.ExecuteNonQueryAsync(cancellationToken);
            await using var wait = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = LockKey } } };
            await wait.ExecuteNonQueryAsync(cancellationToken);

            // Reads the key ring on a connection of its own, and makes a key if it has to.
            protection.CreateProtector("key-ring.start").Protect([]);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or CryptographicException)
        {
            // The database may come later than this process; /health says what is missing.
            LogNotReady(exception);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "The key ring could not be read yet; it will be when it is needed")]
    private partial void LogNotReady(Exception exception);
}
