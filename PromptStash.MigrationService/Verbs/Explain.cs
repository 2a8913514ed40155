using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace PromptStash.MigrationService.Verbs;

/// <summary>The plan of a statement that pg_stat_statements has recorded. Nothing is executed.</summary>
internal static partial class Explain
{
    private static readonly Argument<long> QueryId = new("query-id") { Description = "The number that 'monitor' shows." };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "explain",
            "Show how PostgreSQL runs a recorded statement. Its values were not recorded, so the plan is the generic one, which fits any values.",
            "explain -- -4021367301345678",
            "explain 4021367301345678 --json")
        {
            QueryId,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);
        var query = await FindAsync(connection, run.Value(QueryId), cancellationToken);
        if (!Explainable.IsMatch(query))
        {
            throw new MigrationException($"Only SELECT, INSERT, UPDATE, DELETE and MERGE have a plan; this is: {Output.Short(query)}");
        }

        var plan = await PlanAsync(connection, query, cancellationToken);
        run.Output.Result(new { QueryId = run.Value(QueryId).ToString(CultureInfo.InvariantCulture), Query = query, Plan = plan }, $"{query}\n\n{string.Join('\n', plan)}");

        return ExitCodes.Done;
    }

    private static async Task<string> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.ScalarAsync<string>(
                "SELECT query FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE queryid = $1 AND d.datname = current_database() LIMIT 1", cancellationToken, id)
                ?? throw new MigrationException($"There is no recorded statement {id}. 'monitor' lists them; the server forgets the least used.");
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            throw new MigrationException("The server does not record statements here: load pg_stat_statements and create its extension ('monitor' tells how).", exception);
        }
    }

    /// <summary>A prepared statement knows the types of its parameters, and a generic plan needs no values; EXPLAIN (GENERIC_PLAN) is only in 16 and newer.</summary>
    private static async Task<List<string>> PlanAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        var parameters = Parameter.Matches(query).Select(match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
        try
        {
            await connection.ExecuteAsync("SET plan_cache_mode = force_generic_plan", cancellationToken);
            await connection.ExecuteAsync($"PREPARE promptstash_explained AS {query}", cancellationToken);

            return await connection.ColumnAsync(
                $"EXPLAIN (VERBOSE, SETTINGS) EXECUTE promptstash_explained{(parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", parameters))})")}", cancellationToken);
        }
        catch (PostgresException exception)
        {
            throw new MigrationException($"PostgreSQL cannot plan the recorded text without its values ({exception.SqlState}: {exception.MessageText}): {query.ReplaceLineEndings(" ")}", exception);
        }
    }

    [GeneratedRegex(@"^\s*(/\*.*?\*/\s*)*(--[^\n]*\n\s*)*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|TABLE|VALUES)\b", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Explainable { get; }

    [GeneratedRegex(@"\$(?<number>\d+)")]
    private static partial Regex Parameter { get; }
}
