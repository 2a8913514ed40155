using System.CommandLine;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Brings a backup back: into the database where that is empty, else beside it and in its place.</summary>
internal static class Restore
{
    private static readonly Argument<FileInfo> File = new("file") { Description = "The dump; its manifest must be beside it." };

    private static readonly Option<bool> Swap = new("--swap") { Description = "Where the database is not empty: restore beside it, check, and swap the names. The present one stays under another name." };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "restore",
            "Bring a backup back, after a look at its manifest and with another one afterwards. Start the API again after a swap, and run 'roles' where it signs in as a role of its own.",
            "restore promptstash.dump",
            "restore promptstash.dump --swap")
        {
            File, Swap,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var file = run.Value(File);
        var manifest = await BackupManifest.ReadAndCheckAsync(file, cancellationToken);
        var database = run.Get<DirectDatabase>();
        await using (var connection = await database.OpenAsync(null, cancellationToken))
        {
            await database.LockAsync(connection, cancellationToken);
            if (await IsReadyAsync(run, connection, manifest, cancellationToken))
            {
                await run.Get<BackupReader>().RestoreAsync(file, manifest, database.Settings, cancellationToken);
                var warning = await DatabaseLocale.OfAsync(connection, connection.Database, cancellationToken) is var locale && locale != manifest.Locale
                    ? $"The locale of {database.Name} ({locale.Clauses}) is not the one of what was saved ({manifest.Locale.Clauses}): what is one name there may be two here. --swap makes a database like that one."
                    : null;
                run.Output.Result(
                    new { Database = database.Name, Kept = (string?)null, Warning = warning },
                    $"Restored {file.FullName} into {database.Name}; it is what was saved.{(warning is null ? "" : "\n" + warning)}");

                return ExitCodes.Done;
            }
        }

        if (manifest.Kind != BackupKind.Full || !run.Value(Swap))
        {
            throw MigrationException.Refused(manifest.Kind == BackupKind.Full
                ? $"Database {database.Name} is not empty. Restore into an empty one, or beside this one and in its place with --swap; this one is kept under another name."
                : $"Rows alone go into a database that has the same migrations and no rows, and tables alone into an empty one; {database.Name} is neither.");
        }

        return await SwapAsync(run, file, manifest, cancellationToken);
    }

    private static async Task<int> SwapAsync(VerbRun run, FileInfo file, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var name = run.Get<DirectDatabase>().Name;
        var maintenance = run.Get<Maintenance>();
        var (beside, kept) = (maintenance.NameBeside("restored"), maintenance.NameBeside("before"));
        await using var connection = await maintenance.OpenAsync(cancellationToken);
        await Maintenance.CreateAsync(connection, beside, manifest.Locale, cancellationToken);
        try
        {
            await run.Get<BackupReader>().RestoreAsync(file, manifest, maintenance.SettingsFor(beside), cancellationToken);
            await Maintenance.SwapAsync(connection, name, beside, kept, cancellationToken);
        }
        catch
        {
            await Maintenance.DropAsync(connection, beside, CancellationToken.None);
            throw;
        }

        run.Output.Result(
            new { Database = name, Kept = kept },
            $"Restored {file.FullName} as {name}; it is what was saved. What was there before is {kept}: drop it when nobody misses anything. Start the API again.");

        return ExitCodes.Done;
    }

    /// <summary>Nothing of ours in it; for rows alone: the same migrations, and not one row.</summary>
    private static async Task<bool> IsReadyAsync(VerbRun run, NpgsqlConnection connection, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var modules = run.Get<IEnumerable<IModuleMigrator>>().ToList();
        if (manifest.Kind != BackupKind.Data)
        {
            return !await connection.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = ANY ($1))", cancellationToken, (object)modules.Select(module => module.Schema).ToArray());
        }

        foreach (var module in modules)
        {
            var state = await module.GetStateAsync(cancellationToken);
            var saved = manifest.Migrations.FirstOrDefault(schema => schema.Schema == module.Schema);
            if (saved is null || !saved.Applied.Order(StringComparer.Ordinal).SequenceEqual(state.Applied.Concat(state.Unknown).Order(StringComparer.Ordinal)))
            {
                return false;
            }
        }

        var tables = await run.Get<BackupWriter>().DigestAsync(connection, report: null, cancellationToken);

        return tables.All(table => table.Rows == 0 || table.Name.Contains(ModuleDatabase.HistoryTable, StringComparison.Ordinal));
    }
}
