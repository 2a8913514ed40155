using System.Data;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PromptStash.BuildingBlocks;

/// <summary>Brings one module's schema up to date, and tells whether it is.</summary>
public interface IModuleMigrator
{
    /// <summary>The schema that the module owns.</summary>
    string Schema { get; }

    /// <summary>Compares the migrations in this program with those applied to the database.</summary>
    Task<MigrationState> GetStateAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Brings the schema to one migration, forwards or back, a transaction per migration. Hold the migration lock around it: EF Core's own
    /// lock lasts one migration only, and two workers that take turns between migrations fail on each other's tables.
    /// </summary>
    /// <param name="target">The last migration that is to be applied; null for the newest, <c>0</c> for none.</param>
    /// <param name="lockTimeout">
    /// How long one statement may wait for a table's lock, because everybody else's statements wait behind it (55P03 afterwards); zero for ever.
    /// </param>
    /// <param name="cancellationToken">Stops it; what is not committed is undone.</param>
    Task MigrateAsync(string? target, TimeSpan lockTimeout, CancellationToken cancellationToken);

    /// <summary>Opens the module's own context, for work on its model, its migrations or its rows that no module has to know of.</summary>
    Task<T> UseAsync<T>(Func<DbContext, Task<T>> work);
}

/// <summary>Where a schema stands.</summary>
/// <param name="Applied">Applied, and known to this program.</param>
/// <param name="Pending">Known to this program, not applied yet.</param>
/// <param name="Unknown">Applied, but unknown here: the database belongs to a newer version of the program.</param>
public sealed record MigrationState(
    IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown);

internal sealed class ModuleMigrator<TContext>(string schema, IServiceScopeFactory scopes) : IModuleMigrator
    where TContext : DbContext
{
    public string Schema => schema;

    public async Task<MigrationState> GetStateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;

        var known = database.GetMigrations().ToList();
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToHashSet();

        return new MigrationState(
            [.. known.Where(applied.Contains)],
            [.. known.Where(id => !applied.Contains(id))],
            [.. applied.Where(id => !known.Contains(id)).Order(StringComparer.Ordinal)]);
    }

    public async Task MigrateAsync(string? target, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;

        // Building an index may take longer than any request; cut off, it would be repeated and cut off again.
        database.SetCommandTimeout(TimeSpan.Zero);

        // Held open, so that all statements of the migrations are this session's. What is set on it must not go back into the pool.
        await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await SetLockTimeoutAsync(database, lockTimeout, cancellationToken);
            await database.MigrateAsync(target, cancellationToken);
        }
        finally
        {
            if (database.GetDbConnection().State == ConnectionState.Open)
            {
                await SetLockTimeoutAsync(database, TimeSpan.Zero, CancellationToken.None);
            }

            await database.CloseConnectionAsync();
        }
    }

    public async Task<T> UseAsync<T>(Func<DbContext, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();

        return await work(scope.ServiceProvider.GetRequiredService<TContext>());
    }

    private static Task<int> SetLockTimeoutAsync(DatabaseFacade database, TimeSpan timeout, CancellationToken cancellationToken) =>
        database.ExecuteSqlAsync(
            $"SELECT set_config('lock_timeout', {((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}, false)", cancellationToken);
}
