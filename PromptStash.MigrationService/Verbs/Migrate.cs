using System.CommandLine;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PromptStash.MigrationService.Verbs;

/// <summary>The default: applies what is pending. Also shows it without applying it, and saves the database first.</summary>
internal static class Migrate
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Print the SQL of the pending migrations and change nothing." };

    private static readonly Option<FileInfo?> BackupFirst = new("--backup-first")
    {
        Description = "Back the database up into this file before the first migration, and migrate only if that worked.",
        HelpName = "FILE",
    };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "migrate",
            "Apply pending migrations to the schemas identity, stashes and sharing. The default.",
            "migrate",
            "migrate --dry-run",
            "migrate --backup-first before-upgrade.dump")
        {
            DryRun,
            BackupFirst,
        };
        verb.SetAction(async (parse, cancelled) =>
        {
            if (parse.GetValue(DryRun))
            {
                return await runner.RunAsync(parse, PrintAsync, cancelled);
            }

            var saved = parse.GetValue(BackupFirst) is null ? ExitCodes.Done : await runner.RunAsync(parse, SaveAsync, cancelled);

            return saved == ExitCodes.Done ? await runner.MigrateAsync(parse, cancelled) : saved;
        });

        return verb;
    }

    private static async Task<int> PrintAsync(VerbRun run, CancellationToken cancellationToken)
    {
        await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);
        var migrations = new List<object>();
        var text = new List<string>();
        foreach (var (module, pending) in await run.Get<Migrator>().FindPendingAsync(cancellationToken))
        {
            var state = await module.GetStateAsync(cancellationToken);
            var sql = await module.UseAsync(context => Task.FromResult(
                context.GetService<IMigrator>().GenerateScript(state.Applied is [.., var last] ? last : Migration.InitialDatabase, pending[^1])));
            migrations.Add(new { module.Schema, Migrations = pending, Sql = sql });
            text.Add($"-- Schema {module.Schema}: {string.Join(", ", pending)}\n{sql}");
        }

        run.Output.Result(new { Pending = migrations }, text.Count == 0 ? "-- Nothing is pending." : string.Join('\n', text));

        return ExitCodes.Done;
    }

    private static async Task<int> SaveAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var manifest = await run.Get<BackupWriter>().WriteAsync(run.Value(BackupFirst)!, BackupKind.Full, cancellationToken);
        Output.Progress($"Saved {manifest.Tables.Count} tables into {run.Value(BackupFirst)}.");

        return ExitCodes.Done;
    }
}
