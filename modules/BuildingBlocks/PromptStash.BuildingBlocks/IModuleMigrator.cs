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
    /// Applies what is pending, a transaction per migration. Hold the migration lock around it: EF Core's own lock lasts one
    /// migration only, and two workers that take turns between migrations fail on each other's tables.
    /// </summary>
    Task MigrateAsync(CancellationToken cancellationToken);
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

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;

        // Building an index may take longer than any request; cut off, it would be repeated and cut off again.
        database.SetCommandTimeout(TimeSpan.Zero);
        await database.MigrateAsync(cancellationToken);
    }
}
