using System.CommandLine;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Undoes the newest migrations of a schema, after a backup, and never at the price of data that nobody has agreed to lose.</summary>
internal static class Rollback
{
    private static readonly Argument<string> SchemaName = new("schema") { Description = "identity, stashes or sharing." };

    private static readonly Argument<string> Target = new("migration") { Description = "The last migration that stays; 0 for none." };

    private static readonly Option<FileInfo?> BackupFile = new("--backup") { Description = "Where to save the database first. Default: a file in the current folder, named after database and time.", HelpName = "FILE" };

    private static readonly Option<bool> WithoutBackup = new("--without-backup") { Description = "Save nothing first." };

    private static readonly Option<string[]> Accepted = new("--accept-data-loss") { Description = "The tables that may lose rows or values, all that the refusal names, separated by commas.", HelpName = "TABLES", DefaultValueFactory = _ => [] };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "rollback",
            "Undo the migrations of a schema that came after the named one. Stop the newer version of the API first.",
            "rollback identity Initial",
            "rollback identity Initial --accept-data-loss identity.audit_events,identity.attempt_counters",
            "rollback sharing 0 --without-backup")
        {
            SchemaName, Target, BackupFile, WithoutBackup, Accepted,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var module = Modules.Find(run, run.Value(SchemaName));
        var target = await module.UseAsync(context => Task.FromResult(Modules.FindMigration(context, run.Value(Target))));
        var database = run.Get<DirectDatabase>();
        await using var connection = await database.OpenAsync(null, cancellationToken);
        await database.LockAsync(connection, cancellationToken);
        var undone = await FindUndoneAsync(module, target, cancellationToken);
        if (undone.Count == 0)
        {
            run.Output.Result(new { module.Schema, Undone = undone, Backup = (string?)null }, $"Schema {module.Schema} has nothing after {target}.");

            return ExitCodes.Done;
        }

        var losing = await module.UseAsync(context => DataLoss.FindAsync(context, undone, connection, cancellationToken));
        var accepted = run.Value(Accepted)!.SelectMany(tables => tables.Split(',', StringSplitOptions.TrimEntries));
        if (losing.Except(accepted, StringComparer.Ordinal).ToList() is { Count: > 0 } unagreed)
        {
            throw MigrationException.Refused(
                $"Undoing {string.Join(", ", undone)} loses what is in {string.Join(", ", unagreed)}. To agree to that: --accept-data-loss {string.Join(',', losing)}");
        }

        var backup = run.Value(WithoutBackup) ? null : run.Value(BackupFile) ?? new FileInfo(DefaultFile(run, database.Name));
        if (backup is not null)
        {
            await run.Get<BackupWriter>().WriteAsync(backup, BackupKind.Full, cancellationToken);
        }

        await run.Get<Migrator>().UndoAsync(module, undone, target, cancellationToken);
        run.Output.Result(
            new { module.Schema, Undone = undone, Backup = backup?.FullName },
            $"Undone in schema {module.Schema}: {string.Join(", ", undone)}. {(backup is null ? "No backup was made." : $"The database as it was is in {backup.FullName}.")}");

        return ExitCodes.Done;
    }

    private static async Task<List<string>> FindUndoneAsync(IModuleMigrator module, string target, CancellationToken cancellationToken)
    {
        var state = await module.GetStateAsync(cancellationToken);
        if (state.Unknown.Count > 0)
        {
            throw MigrationException.Refused(
                $"Schema {module.Schema} has migrations that this version does not know ({string.Join(", ", state.Unknown)}), so it cannot undo them. Run the worker of the newer version.");
        }

        return [.. state.Applied.Where(id => string.CompareOrdinal(id, target) > 0).OrderDescending(StringComparer.Ordinal)];
    }

    private static string DefaultFile(VerbRun run, string database) =>
        $"{database}-before-rollback-{run.Get<TimeProvider>().GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.dump";
}
