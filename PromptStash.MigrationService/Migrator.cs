using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService.Linting;

namespace PromptStash.MigrationService;

/// <summary>Migrates all modules, one worker at a time.</summary>
/// <remarks>
/// EF Core locks each migration by itself: of three workers started together on an empty database, one or two failed on tables that
/// the other had just made. So one advisory lock is held around everything, on a connection of its own. It is polled, because a
/// session that blocks in pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for the end of every snapshot.
/// </remarks>
internal sealed partial class Migrator(
    DirectDatabase database,
    IEnumerable<IModuleMigrator> modules,
    IOptions<MigrationOptions> options,
    TimeProvider time,
    ILogger<Migrator> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(null, cancellationToken);
        await WarnOfLocaleAsync(connection, cancellationToken);
        await database.LockAsync(connection, cancellationToken);
        await MigrateAsync(connection, cancellationToken);
        await RepairIndexesAsync(connection, cancellationToken);
        await RecordStatementsAsync(connection, cancellationToken);
        logger.LogInformation("The database is up to date");
    }

    /// <summary>Undoes migrations of a module one by one, as patiently as others are applied. The caller holds the lock.</summary>
    /// <param name="module">Whose they are.</param>
    /// <param name="undone">What is undone, the newest first.</param>
    /// <param name="target">The last migration that stays.</param>
    /// <param name="cancellationToken">Ends the wait for a table; what is undone is undone.</param>
    public async Task UndoAsync(IModuleMigrator module, IReadOnlyList<string> undone, string target, CancellationToken cancellationToken)
    {
        foreach (var (migration, stays) in undone.Zip(undone.Skip(1).Append(target)))
        {
            await PatientlyAsync(module, stays, await RunsOutsideTransactionAsync(module, migration, back: true), cancellationToken);
        }
    }

    /// <summary>Names and paths are unique ignoring case, and what case is, the database's locale says.</summary>
    private async Task WarnOfLocaleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT lower('É') = 'é'", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            logger.LogWarning(
                "The locale of this database knows upper and lower case of ASCII letters only: É.md and é.md will be two files. " +
                "Create the database with a UTF-8 locale (LC_CTYPE 'C.UTF-8' or the like) to have them be one");
        }
    }

    /// <summary>What is to be done, after a look at all modules: a database that is refused stays as it is.</summary>
    public async Task<IReadOnlyList<(IModuleMigrator Module, IReadOnlyList<string> Migrations)>> FindPendingAsync(CancellationToken cancellationToken)
    {
        var pending = new List<(IModuleMigrator Module, IReadOnlyList<string> Migrations)>();
        foreach (var module in modules)
        {
            var state = await module.GetStateAsync(cancellationToken);
            if (state.Unknown.Count > 0)
            {
                throw new MigrationException(
                    $"Schema {module.Schema} has migrations that this version does not know ({string.Join(", ", state.Unknown)}). " +
                    "The database belongs to a newer version of PromptStash: run that version's worker.");
            }

            if (state.Pending.Count > 0)
            {
                pending.Add((module, state.Pending));
            }
        }

        return pending;
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (module, migrations) in await FindPendingAsync(cancellationToken))
        {
            logger.LogInformation("Schema {Schema}: applying {Migrations}", module.Schema, string.Join(", ", migrations));
            foreach (var migration in migrations)
            {
                await ClearHalfMadeIndexesAsync(connection, module, migration, cancellationToken);
                await PatientlyAsync(module, migration, await RunsOutsideTransactionAsync(module, migration, back: false), cancellationToken);
            }
        }

        foreach (var module in modules)
        {
            await connection.ExecuteAsync(RoleStatements.HistoryRights(module.Schema), cancellationToken);
        }
    }

    /// <summary>
    /// A statement that waits for a table's lock makes everybody behind it wait too, readers included: so it gives up soon, lets them
    /// through, and tries again.
    /// </summary>
    private async Task PatientlyAsync(IModuleMigrator module, string target, bool outsideTransaction, CancellationToken cancellationToken)
    {
        // CREATE INDEX CONCURRENTLY waits for older transactions by waiting for their locks, holds nobody up, and would be left half made.
        var lockTimeout = outsideTransaction ? TimeSpan.Zero : options.Value.LockTimeout;
        var giveUpAt = time.GetUtcNow() + options.Value.WaitForTables;
        while (true)
        {
            try
            {
                await module.MigrateAsync(target, lockTimeout, cancellationToken);

                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable && time.GetUtcNow() < giveUpAt)
            {
                logger.LogInformation("Schema {Schema}: the way to {Migration} waits for a table that somebody uses; trying again", module.Schema, target);

                // As long as it held others up, and a random while longer: who waited behind it goes first.
                await Task.Delay(lockTimeout * (1 + Random.Shared.NextDouble()), time, cancellationToken);
            }
        }
    }

    private static Task<bool> RunsOutsideTransactionAsync(IModuleMigrator module, string id, bool back) =>
        AskAsync(module, id, migration => (back ? migration.DownOperations : migration.UpOperations).Any(OperationRules.RunsOutsideTransaction));

    private static Task<T> AskAsync<T>(IModuleMigrator module, string id, Func<Migration, T> question) => module.UseAsync(context =>
    {
        var assembly = context.GetService<IMigrationsAssembly>();

        return Task.FromResult(question(assembly.CreateMigration(assembly.Migrations[id], context.Database.ProviderName!)));
    });

    /// <summary>An index that a pending migration builds outside of a transaction, and that is there: of a run that was stopped. It would be in the way of the next.</summary>
    private async Task ClearHalfMadeIndexesAsync(NpgsqlConnection connection, IModuleMigrator module, string id, CancellationToken cancellationToken)
    {
        var built = await AskAsync(module, id, migration =>
            migration.UpOperations.OfType<CreateIndexOperation>().Where(OperationRules.RunsOutsideTransaction).Select(index => index.Name).ToArray());
        if (built.Length == 0)
        {
            return;
        }

        foreach (var index in await IndexesAsync(connection, "n.nspname = ANY ($1) AND c.relname = ANY ($2)", cancellationToken, [module.Schema], built))
        {
            logger.LogWarning("Index {Index} is there already, from a run that was stopped; building it anew", index);
            await using var command = new NpgsqlCommand($"DROP INDEX CONCURRENTLY {index}", connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<List<string>> IndexesAsync(NpgsqlConnection connection, string condition, CancellationToken cancellationToken, params string[][] values)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE {condition}
            """, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        var indexes = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            indexes.Add(reader.GetString(0));
        }

        return indexes;
    }

    /// <summary>
    /// A CREATE INDEX CONCURRENTLY that was interrupted leaves an INVALID index, which costs writes and serves no query, and which IF NOT
    /// EXISTS then takes for the real one.
    /// </summary>
    private async Task RepairIndexesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var index in await IndexesAsync(connection, "NOT i.indisvalid AND n.nspname = ANY ($1)", cancellationToken, [.. modules.Select(m => m.Schema)]))
        {
            logger.LogWarning("Index {Index} is invalid; repairing it", index);

            // An interrupted rebuild leaves its half-made copy, or the worn-out original, under these suffixes; the index itself is there.
            var sql = LeftOver().IsMatch(index)
                ? $"DROP INDEX CONCURRENTLY {index}"
                : $"REINDEX INDEX CONCURRENTLY {index}";
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Where the server has pg_stat_statements loaded, 'monitor' needs its extension in the database too. Whoever owns the database alone may
    /// not make it: there 'roles' has, run by an administrator.
    /// </summary>
    private async Task RecordStatementsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(
                """
                DO $do$ BEGIN
                    IF current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' THEN
                        CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
                    END IF;
                END $do$
                """, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            logger.LogDebug("This role may not see or make pg_stat_statements; 'roles' does that");
        }
    }

    [GeneratedRegex("_cc(new|old)[0-9]*\"?$", RegexOptions.CultureInvariant)]
    private static partial Regex LeftOver();
}
