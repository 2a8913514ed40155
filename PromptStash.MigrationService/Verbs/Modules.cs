using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Finds what a command line names.</summary>
internal static class Modules
{
    public static IModuleMigrator Find(VerbRun run, string schema)
    {
        var modules = run.Get<IEnumerable<IModuleMigrator>>().ToList();

        return modules.Find(module => module.Schema == schema) ?? throw new MigrationException(
            $"There is no schema '{schema}'. There are {string.Join(", ", modules.Select(module => module.Schema))}.") { ExitCode = ExitCodes.BadCommandLine };
    }

    /// <summary>A migration by its id or by its name without the time; 0 is the state before the first one.</summary>
    public static string FindMigration(DbContext context, string name)
    {
        if (name == Migration.InitialDatabase)
        {
            return name;
        }

        return context.GetService<IMigrationsAssembly>().FindMigrationId(name) ?? throw new MigrationException(
            $"There is no migration '{name}'. There are 0, {string.Join(", ", context.Database.GetMigrations())}.") { ExitCode = ExitCodes.BadCommandLine };
    }
}
