using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using PromptStash.MigrationService.Seeding;
using PromptStash.Stashes;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Fills a migrated database with users and files to try things with, as often as one likes.</summary>
internal static class Seed
{
    private const string PasswordVariable = "PROMPTSTASH_SEED_PASSWORD";

    /// <summary>Known to everybody who reads this, and so for a developer's machine only.</summary>
    private const string DevelopmentPassword = "prompt stash on trial";

    private const string PasswordCharacters = "abcdefghijkmnpqrstuvwxyz23456789";

    private const int LargeFiles = 1_000_000;

    private static readonly Option<string> Size = new("--size") { Description = "small: what a few users have. large: a million generated files besides, by COPY, 90,000 for each of a dozen users.", DefaultValueFactory = _ => "small" };

    private static readonly Option<int> Files = new("--files") { Description = "How many generated files large means.", DefaultValueFactory = _ => LargeFiles };

    public static Verb Create(VerbRunner runner)
    {
        Size.AcceptOnlyFromAmong("small", "large");
        Files.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var files) && files < 1)
            {
                result.AddError("--files needs a number, at least 1.");
            }
        });
        var verb = new Verb(
            "seed",
            $"Create the users {DemoData.DemoEmail} and a colleague, and stashes with agents, skills, commands, hooks and settings. What is there stays. "
            + $"Their password is in {PasswordVariable}; without it a made-up one is shown once, in Development it is '{DevelopmentPassword}'.",
            "seed",
            "seed --size large",
            "seed --size large --files 50000")
        {
            Size, Files,
        };

        return runner.Handle(verb, RunAsync);
    }

    public static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        // Waits for the server and refuses a pooler, before anything is made.
        await using (await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken))
        {
        }

        if ((await run.Get<Migrator>().FindPendingAsync(cancellationToken)).Count > 0)
        {
            throw new MigrationException("Migrations are pending: run 'migrate' first.");
        }

        var (password, isNew) = ChoosePassword(run);
        var generated = run.Arguments.GetResult(Size) is not null && run.Value(Size) == "large" ? run.Value(Files) : 0;
        var further = DemoData.FurtherUsers(Math.Max(0, generated - 1) / StashesModule.GeneratedFilesPerUser);
        if (isNew && await IsSeededAsync(run, cancellationToken))
        {
            return await GoOnAsync(run, [DemoData.DemoEmail, DemoData.ColleagueEmail, .. further], generated, cancellationToken);
        }

        var outcome = await run.Get<DemoData>().CreateAsync(password, further, cancellationToken);
        if (generated > 0)
        {
            await GenerateAsync(run, generated, outcome.Users, cancellationToken);
        }

        run.Output.Result(
            new { outcome.Users, Generated = generated, Password = isNew ? password : null, outcome.Created, outcome.Updated, outcome.Unchanged },
            $"Users {string.Join(", ", outcome.Users)}{(isNew ? $", password {password} (shown this once)" : "")}; "
            + $"{outcome.Created} files created, {outcome.Updated} updated, {outcome.Unchanged} unchanged.{(generated == 0 ? "" : $" {generated} generated files.")}");

        return ExitCodes.Done;
    }

    /// <summary>Nobody knows the password that an earlier run made up, and another one would not let in. Generated files take none: they go into the database itself.</summary>
    private static async Task<int> GoOnAsync(VerbRun run, string[] users, int generated, CancellationToken cancellationToken)
    {
        await using (var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken))
        {
            var missing = await connection.ColumnAsync(
                "SELECT email FROM unnest($1) AS wanted (email) WHERE NOT EXISTS (SELECT FROM identity.users u WHERE u.email = wanted.email)", cancellationToken, (object)users);
            if (missing.Count > 0)
            {
                throw new MigrationException(
                    $"{DemoData.DemoEmail} is there already, and {string.Join(", ", missing)} would be made with another password. Name the one that it has in {PasswordVariable}; nothing was changed.");
            }
        }

        if (generated > 0)
        {
            await GenerateAsync(run, generated, users, cancellationToken);
        }

        run.Output.Result(
            new { Users = users, Generated = generated, Password = (string?)null, Created = 0, Updated = 0, Unchanged = 0 },
            $"{DemoData.DemoEmail} is there already; nothing of it was changed. To bring its files up to date, name its password in {PasswordVariable}."
            + (generated == 0 ? "" : $" {generated} generated files."));

        return ExitCodes.Done;
    }

    private static async Task<bool> IsSeededAsync(VerbRun run, CancellationToken cancellationToken)
    {
        await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);

        return await connection.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM identity.users WHERE email = $1)", cancellationToken, DemoData.DemoEmail);
    }

    private static async Task GenerateAsync(VerbRun run, int files, IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);
        var owners = await connection.ScalarAsync<Guid[]>(
            "SELECT array_agg(id ORDER BY array_position($1, email)) FROM identity.users WHERE email = ANY ($1)",
            cancellationToken,
            (object)users.Where(email => email != DemoData.ColleagueEmail).ToArray());
        await run.Get<Steps>().FollowAsync("Generating files", report =>
            StashesModule.GenerateFilesAsync(connection, owners!, files, run.Get<TimeProvider>(), done => report(done, files), cancellationToken));
    }

    private static (string Password, bool IsNew) ChoosePassword(VerbRun run) =>
        Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } given ? (given, false)
        : run.Get<IHostEnvironment>().IsDevelopment() ? (DevelopmentPassword, false)
        : (RandomNumberGenerator.GetString(PasswordCharacters, 20), true);
}
