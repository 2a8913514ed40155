using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace PromptStash.MigrationService.Verbs;

/// <summary>A new beginning: the database is dropped, made again, migrated and filled with demo data.</summary>
internal static class Reset
{
    private static readonly Option<string?> Confirmation = new("--yes-delete-everything") { Description = "The name of the database, typed out: needed everywhere but in Development.", HelpName = "DATABASE" };

    private static readonly Option<bool> WithoutSeed = new("--without-seed") { Description = "Leave it empty." };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "reset",
            "Drop the database with all that is in it, create it again, migrate it, and fill it with demo data. There is no way back: 'backup' makes one.",
            "reset",
            "reset --yes-delete-everything promptstash --without-seed")
        {
            Confirmation, WithoutSeed,
        };
        verb.SetAction(async (parse, cancelled) =>
        {
            var made = await runner.RunAsync(parse, RecreateAsync, cancelled);
            if (made != ExitCodes.Done || (made = await runner.MigrateQuietlyAsync(parse, cancelled)) != ExitCodes.Done)
            {
                return made;
            }

            return parse.GetValue(WithoutSeed) ? Tell(parse) : await runner.RunAsync(parse, Seed.RunAsync, cancelled);
        });

        return verb;
    }

    private static int Tell(ParseResult parse)
    {
        new Output(parse.GetValue(CommandLine.Json)).Result(new { Created = 0 }, "The database is new and empty.");

        return ExitCodes.Done;
    }

    private static async Task<int> RecreateAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var name = run.Get<DirectDatabase>().Name;
        var confirmed = run.Value(Confirmation);
        if (confirmed is not null && confirmed != name)
        {
            throw MigrationException.Refused($"The database is named {name} and not {confirmed}. Nothing was deleted.");
        }

        if (confirmed is null && !run.Get<IHostEnvironment>().IsDevelopment())
        {
            throw MigrationException.Refused(
                $"This is not Development (DOTNET_ENVIRONMENT), and {name} would be gone with all that is in it. If that is what you want: --yes-delete-everything {name}");
        }

        var maintenance = run.Get<Maintenance>();
        await using var connection = await maintenance.OpenAsync(cancellationToken);
        if (await DatabaseLocale.FindAsync(connection, name, cancellationToken) is { } locale)
        {
            // The new one is there before the old one goes: whoever may not make one, or is killed on the way, has lost nothing.
            var (fresh, old) = (maintenance.NameBeside("fresh"), maintenance.NameBeside("old"));
            await Maintenance.CreateAsync(connection, fresh, locale, cancellationToken);
            try
            {
                await Maintenance.SwapAsync(connection, name, fresh, old, cancellationToken);
            }
            catch
            {
                await Maintenance.DropAsync(connection, fresh, CancellationToken.None);
                throw;
            }

            await Maintenance.DropAsync(connection, old, CancellationToken.None);
        }
        else
        {
            await Maintenance.CreateAsync(connection, name, await DatabaseLocale.OfAsync(connection, connection.Database, cancellationToken), cancellationToken);
        }

        // What is pooled leads to a database that is gone.
        NpgsqlConnection.ClearAllPools();

        return ExitCodes.Done;
    }
}
