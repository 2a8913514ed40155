using System.CommandLine;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService.Verbs;

/// <summary>The SQL between any two migrations of a schema, in either direction; needs no database.</summary>
internal static class Script
{
    private static readonly Argument<string> SchemaName = new("schema") { Description = "identity, stashes or sharing." };

    private static readonly Option<string> From = new("--from") { Description = "The migration that the database has; 0 for none.", DefaultValueFactory = _ => Migration.InitialDatabase };

    private static readonly Option<string?> To = new("--to") { Description = "The migration that it shall have; 0 for none. Default: the newest." };

    private static readonly Option<bool> Idempotent = new("--idempotent") { Description = "Ask the history table before each migration. For review only: what must run outside of a transaction cannot run so." };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "script",
            "Print the SQL that takes a schema from one migration to another, forwards or back.",
            "script stashes",
            "script identity --from Initial --to AuditAndAttempts",
            "script identity --from AuditAndAttempts --to Initial")
        {
            SchemaName, From, To, Idempotent,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var module = Modules.Find(run, run.Value(SchemaName));
        var sql = await module.UseAsync(context =>
        {
            var from = Modules.FindMigration(context, run.Value(From)!);
            var to = run.Value(To) is { } target ? Modules.FindMigration(context, target) : null;

            return Task.FromResult(context.GetService<IMigrator>().GenerateScript(
                from, to, run.Value(Idempotent) ? MigrationsSqlGenerationOptions.Idempotent : MigrationsSqlGenerationOptions.Default));
        });
        run.Output.Result(new { module.Schema, Sql = sql }, sql);

        return ExitCodes.Done;
    }
}
