using System.CommandLine;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.Identity;

namespace PromptStash.MigrationService.Verbs;

/// <summary>A restore drill: proves that a backup can be used, without touching the database that it is of.</summary>
internal static class Verify
{
    private const int RowsToRead = 100;

    private static readonly Argument<FileInfo> File = new("file") { Description = "The dump; its manifest must be beside it." };

    private sealed record Report(string File, IReadOnlyList<TableDigest> Tables, string Indexes, IReadOnlyList<string> Migrated, int RowsRead, string Secrets);

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "verify",
            "Restore a backup into a scratch database of the server, compare counts and hashes, check tables and indexes, migrate it, read it as the API does, and decrypt a secret. The scratch database is dropped.",
            "verify promptstash.dump",
            "verify promptstash.dump --json")
        {
            File,
        };

        return runner.Handle(verb, (run, cancelled) => RunAsync(runner, run, cancelled));
    }

    private static async Task<int> RunAsync(VerbRunner runner, VerbRun run, CancellationToken cancellationToken)
    {
        var file = run.Value(File);
        var manifest = await BackupManifest.ReadAndCheckAsync(file, cancellationToken);
        if (manifest.Kind == BackupKind.Data)
        {
            throw new MigrationException($"{file.FullName} holds rows alone. Its bytes are as they were written; whether they can be used shows only a restore into a migrated database.");
        }

        var maintenance = run.Get<Maintenance>();
        var name = maintenance.NameBeside("verify");
        await using var connection = await maintenance.OpenAsync(cancellationToken);
        await Maintenance.CreateAsync(connection, name, manifest.Locale, cancellationToken);
        try
        {
            var scratch = maintenance.SettingsFor(name);
            await run.Get<BackupReader>().RestoreAsync(file, manifest, scratch, cancellationToken);
            var report = await TryOutAsync(runner, run.Get<Steps>(), file, manifest, scratch, cancellationToken);
            run.Output.Result(report, Describe(report));

            return ExitCodes.Done;
        }
        finally
        {
            await Maintenance.DropAsync(connection, name, CancellationToken.None);
        }
    }

    private static async Task<Report> TryOutAsync(
        VerbRunner runner, Steps steps, FileInfo file, BackupManifest manifest, NpgsqlConnectionStringBuilder scratch, CancellationToken cancellationToken)
    {
        using var host = MigrationHost.Build(
            builder =>
            {
                runner.Configure?.Invoke(builder);
                builder.Configuration["ConnectionStrings:promptstash-direct"] = scratch.ConnectionString;
                builder.Services.AddIdentityKeyRing();
            },
            logsToErrors: true);
        var modules = host.Services.GetRequiredService<IEnumerable<IModuleMigrator>>().ToList();
        var indexes = await steps.FollowAsync("Checking tables and indexes", _ => CheckIndexesAsync(scratch, modules, cancellationToken));
        var pending = await host.Services.GetRequiredService<Migrator>().FindPendingAsync(cancellationToken);
        try
        {
            await steps.FollowAsync("Migrating", _ => host.Services.GetRequiredService<Migrator>().RunAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is NpgsqlException or MigrationException)
        {
            throw new MigrationException($"{file.FullName} can be restored and not be migrated: {Failure.Describe(exception)}", exception);
        }

        var rows = await steps.FollowAsync("Reading as the API does", async report =>
        {
            var read = 0;
            foreach (var (number, module) in modules.Index())
            {
                read += await module.UseAsync(context => ReadAsync(context, cancellationToken));
                report(number + 1, modules.Count);
            }

            return read;
        });

        var secret = await IdentityModule.CanDecryptSecretAsync(host.Services, cancellationToken);

        return new(
            file.FullName, manifest.Tables, indexes, [.. pending.SelectMany(module => module.Migrations)], rows,
            secret switch
            {
                true => "one was decrypted",
                null => "there are none",
                false => throw new MigrationException(
                    "The backup's secrets cannot be decrypted: give the worker the certificate that the API has (Identity__KeyRing__CertificatePath), or it is lost with all second factors."),
            });
    }

    private static async Task<string> CheckIndexesAsync(NpgsqlConnectionStringBuilder scratch, IEnumerable<IModuleMigrator> modules, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(scratch.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS amcheck", cancellationToken);
        }
        catch (PostgresException exception)
        {
            return $"not checked: amcheck cannot be installed ({exception.MessageText})";
        }

        var schemas = modules.Select(module => module.Schema).ToArray();

        // Both fail or tell of the first thing that is not as it should be.
        await connection.ExecuteAsync(
            """
            SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.amname = 'btree' AND n.nspname = ANY ($1)
            """, cancellationToken, (object)schemas);
        var damage = await connection.ColumnAsync(
            """
            SELECT format('%s: %s', c.oid::regclass, h.msg) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL verify_heapam(c.oid) h WHERE c.relkind = 'r' AND n.nspname = ANY ($1)
            """, cancellationToken, (object)schemas);

        return damage.Count == 0 ? "tables and indexes are sound" : throw new MigrationException($"The restored tables are damaged: {string.Join("; ", damage.Take(3))}.");
    }

    /// <summary>Some rows of every table, through the module's own mapping.</summary>
    private static async Task<int> ReadAsync(DbContext context, CancellationToken cancellationToken)
    {
        var read = 0;
        var method = typeof(Verify).GetMethod(nameof(ReadSetAsync), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (var type in context.Model.GetEntityTypes().Where(type => type is { ClrType: var clr } && !type.IsOwned() && !type.HasSharedClrType && clr.IsClass))
        {
            read += await (Task<int>)method.MakeGenericMethod(type.ClrType).Invoke(null, [context, cancellationToken])!;
        }

        return read;
    }

    private static async Task<int> ReadSetAsync<T>(DbContext context, CancellationToken cancellationToken)
        where T : class =>
        (await context.Set<T>().AsNoTracking().IgnoreQueryFilters().Take(RowsToRead).ToListAsync(cancellationToken)).Count;

    private static string Describe(Report report) =>
        $"""
        {report.File} holds: {report.Tables.Count} tables with {report.Tables.Sum(table => table.Rows)} rows, all as they were saved.
        Checked   {report.Indexes}
        Migrated  {(report.Migrated.Count == 0 ? "nothing was pending" : string.Join(", ", report.Migrated))}
        Read      {report.RowsRead} rows as the API reads them
        Secrets   {report.Secrets}
        """;
}
