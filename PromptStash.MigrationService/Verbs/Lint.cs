using System.CommandLine;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService.Linting;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Whether pending migrations can be applied while users work.</summary>
internal static class Lint
{
    private static readonly Option<bool> All = new("--all") { Description = "Look at every migration of this program instead of the pending ones; needs no database." };

    private static readonly Option<bool> Downtime = new("--accept-downtime") { Description = "The API is stopped meanwhile: pass over migrations that say that they need it ([NeedsDowntime])." };

    private static readonly Option<bool> WithoutSquawk = new("--without-squawk") { Description = "Leave out squawk, which npm fetches, and judge the operations only." };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "lint",
            "Judge pending migrations by the rules of changes without downtime: squawk on their SQL, and the rules of this program on their operations.",
            "lint",
            "lint --accept-downtime",
            "lint --all --json")
        {
            All, Downtime, WithoutSquawk,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var looked = new List<string>();
        foreach (var (module, migrations) in await ChooseAsync(run, cancellationToken))
        {
            foreach (var migration in migrations)
            {
                looked.Add($"{module.Schema} {migration}");
                findings.AddRange(await LookAsync(module, migration, run.Value(Downtime), run.Value(WithoutSquawk) ? null : run.Get<Squawk>(), cancellationToken));
            }
        }

        run.Output.Result(
            new { Migrations = looked, Findings = findings },
            findings.Count == 0
                ? $"{looked.Count} migrations, nothing found."
                : string.Join('\n', findings.Select(finding => $"{finding.Schema} {finding.Migration}: {finding.Rule}: {finding.Message}")));

        return findings.Count == 0 ? ExitCodes.Done : ExitCodes.Findings;
    }

    /// <summary>Judges one migration of a module.</summary>
    internal static async Task<List<Finding>> LookAsync(
        IModuleMigrator module, string migration, bool acceptDowntime, Squawk? squawk, CancellationToken cancellationToken)
    {
        var (rules, sql, type) = await module.UseAsync(context => Task.FromResult(Look(context, migration)));
        if (type.GetCustomAttribute<NeedsDowntimeAttribute>() is { } downtime)
        {
            return acceptDowntime ? [] : [new Finding(module.Schema, migration, "downtime", $"Stop the API before it and start it after it. {downtime.Why}")];
        }

        if (squawk is not null)
        {
            rules.AddRange(await squawk.CheckAsync(sql, IsContractPhase(type), cancellationToken));
        }

        return [.. rules.Select(finding => new Finding(module.Schema, migration, finding.Rule, finding.Message))];
    }

    private static async Task<IReadOnlyList<(IModuleMigrator Module, IReadOnlyList<string> Migrations)>> ChooseAsync(VerbRun run, CancellationToken cancellationToken)
    {
        if (!run.Value(All))
        {
            await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);

            return await run.Get<Migrator>().FindPendingAsync(cancellationToken);
        }

        var all = new List<(IModuleMigrator Module, IReadOnlyList<string> Migrations)>();
        foreach (var module in run.Get<IEnumerable<IModuleMigrator>>())
        {
            all.Add((module, await module.UseAsync(context => Task.FromResult<IReadOnlyList<string>>([.. context.Database.GetMigrations()]))));
        }

        return all;
    }

    private static (List<(string Rule, string Message)> Rules, string Sql, TypeInfo Type) Look(DbContext context, string id)
    {
        var assembly = context.GetService<IMigrationsAssembly>();
        var type = assembly.Migrations[id];
        var operations = assembly.CreateMigration(type, context.Database.ProviderName!).UpOperations;
        var before = context.Database.GetMigrations().TakeWhile(other => other != id).LastOrDefault() ?? Migration.InitialDatabase;

        return ([.. OperationRules.Check(operations, IsContractPhase(type))], context.GetService<IMigrator>().GenerateScript(before, id), type);
    }

    private static bool IsContractPhase(TypeInfo type) => type.GetCustomAttribute<ContractPhaseAttribute>() is not null;
}
