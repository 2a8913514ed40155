using System.CommandLine;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService.Verbs;

/// <summary>The roles of production, each with the least that it needs. Run by an administrator, as often as one likes.</summary>
internal static partial class Roles
{
    private static readonly Option<string> Prefix = new("--prefix") { Description = "What the names of the roles begin with.", DefaultValueFactory = _ => "promptstash" };

    private static readonly Option<bool> Print = new("--print") { Description = "Print the SQL, without passwords, and change nothing." };

    private static readonly Option<int> StatementSeconds = new("--statement-timeout") { Description = "Seconds that one statement of the API may take.", DefaultValueFactory = _ => 10 };

    public static Verb Create(VerbRunner runner)
    {
        StatementSeconds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var seconds) && seconds < 1)
            {
                result.AddError("--statement-timeout needs a number of seconds, at least 1.");
            }
        });
        var verb = new Verb(
            "roles",
            """
            Create or update the roles NAME_owner (owns the schemas; migrations), NAME_app (rows of the three schemas; the API) and NAME_readonly (statistics; monitoring).
            Their passwords come from the environment, or from files of secrets: PROMPTSTASH_OWNER_PASSWORD, PROMPTSTASH_APP_PASSWORD, PROMPTSTASH_READONLY_PASSWORD. A role without one keeps what it has.
            """,
            "roles",
            "roles --print")
        {
            Prefix, Print, StatementSeconds,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var prefix = run.Value(Prefix)!;
        if (!NamePattern.IsMatch(prefix))
        {
            throw new MigrationException($"'{prefix}' cannot begin the name of a role: use small letters, digits and _.") { ExitCode = ExitCodes.BadCommandLine };
        }

        var schemas = run.Get<IEnumerable<IModuleMigrator>>().Select(module => module.Schema).ToList();
        var database = run.Get<DirectDatabase>();
        var statements = RoleStatements.For(prefix, database.Name, schemas, TimeSpan.FromSeconds(run.Value(StatementSeconds)));
        if (run.Value(Print))
        {
            run.Output.Result(new { Statements = statements }, string.Join(";\n\n", statements) + ";");

            return ExitCodes.Done;
        }

        await using var connection = await database.OpenAsync(null, cancellationToken);
        await database.LockAsync(connection, cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            foreach (var statement in statements)
            {
                await connection.ExecuteAsync(statement, cancellationToken);
            }

            foreach (var (name, password) in Passwords(prefix, run.Get<IConfiguration>()))
            {
                await connection.ExecuteAsync($"ALTER ROLE {name} PASSWORD {Sql.Literal(Scram.Verifier(password))}", cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        var warnings = await RunOptionalAsync(connection, prefix, cancellationToken);
        run.Output.Result(
            new { Roles = RoleStatements.Names(prefix), Warnings = warnings },
            string.Join('\n', RoleStatements.Names(prefix).Select(name => $"Role {name} is set up.").Concat(warnings)));

        return warnings.Count == 0 ? ExitCodes.Done : ExitCodes.Findings;
    }

    /// <summary>The setting with a role's password: an environment variable, or a file of that name in the folder of secrets.</summary>
    internal static string PasswordSetting(string role) => $"PROMPTSTASH_{role.ToUpperInvariant()}_PASSWORD";

    private static IEnumerable<(string Role, string Password)> Passwords(string prefix, IConfiguration settings)
    {
        foreach (var role in (string[])["owner", "app", "readonly"])
        {
            if (settings[PasswordSetting(role)] is { Length: > 0 } password)
            {
                yield return ($"{prefix}_{role}", password);
            }
        }
    }

    /// <summary>What only some administrators may do; without it monitoring shows less.</summary>
    private static async Task<List<string>> RunOptionalAsync(NpgsqlConnection connection, string prefix, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        foreach (var statement in RoleStatements.Optional(prefix))
        {
            try
            {
                await connection.ExecuteAsync(statement, cancellationToken);
            }
            catch (PostgresException exception)
            {
                warnings.Add($"Not done: {statement} ({exception.SqlState}: {exception.MessageText}). Monitoring shows less without it.");
            }
        }

        return warnings;
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,39}$")]
    private static partial Regex NamePattern { get; }
}
