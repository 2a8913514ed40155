using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Where the database stands. Exit code 0 only where nothing is to be done.</summary>
internal static class Status
{
    private sealed record Schema(string Name, IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown, IReadOnlyList<string> Drift);

    private sealed record Extension(string Name, string Installed, string Available);

    private sealed record Report(
        bool UpToDate, string Database, string Server, string? PgBouncer, IReadOnlyList<Schema> Schemas, IReadOnlyList<string> InvalidIndexes, IReadOnlyList<Extension> Extensions);

    public static Verb Create(VerbRunner runner) => runner.Handle(
        new Verb(
            "status",
            "Tell which migrations are applied, pending or unknown, where tables differ from the model, which indexes are invalid, and the versions of server, PgBouncer and extensions.",
            "status",
            "status --json"),
        RunAsync);

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        await using var connection = await run.Get<DirectDatabase>().OpenAsync(null, cancellationToken);
        var modules = run.Get<IEnumerable<IModuleMigrator>>().ToList();
        var schemas = new List<Schema>();
        foreach (var module in modules)
        {
            var state = await module.GetStateAsync(cancellationToken);

            // Before its migrations are applied a database differs from the model because they are not.
            var drift = state.Pending.Count == 0 && state.Unknown.Count == 0 ? await SchemaDrift.FindAsync(module, connection, cancellationToken) : [];
            schemas.Add(new(module.Schema, state.Applied, state.Pending, state.Unknown, drift));
        }

        var invalid = await connection.ColumnAsync(
            """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT i.indisvalid AND n.nspname = ANY ($1) ORDER BY 1
            """, cancellationToken, (object)modules.Select(module => module.Schema).ToArray());
        var report = new Report(
            invalid.Count == 0 && schemas.All(schema => schema is { Pending.Count: 0, Unknown.Count: 0, Drift.Count: 0 }),
            connection.Database,
            $"PostgreSQL {connection.PostgreSqlVersion}",
            await PgBouncerAsync(run, cancellationToken),
            schemas,
            invalid,
            await ExtensionsAsync(connection, cancellationToken));
        run.Output.Result(report, Describe(report));

        return report.UpToDate ? ExitCodes.Done : ExitCodes.Findings;
    }

    private static async Task<List<Extension>> ExtensionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.ColumnAsync(
            """
            SELECT format('%s %s %s', e.extname, e.extversion, coalesce(a.default_version, e.extversion))
            FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname ORDER BY e.extname
            """, cancellationToken);

        return [.. rows.Select(row => row.Split(' ')).Select(row => new Extension(row[0], row[1], row[2]))];
    }

    /// <summary>What stands in front of the database, where the setting of the API goes through it: its version, or that it keeps it to itself.</summary>
    private static async Task<string?> PgBouncerAsync(VerbRun run, CancellationToken cancellationToken)
    {
        if (await run.Get<DirectDatabase>().FindPoolerAsync(cancellationToken) is not { } pooler)
        {
            return null;
        }

        return await run.Get<ClientTools>().AskPgBouncerAsync(pooler, "SHOW VERSION", cancellationToken) is [[var version]]
            ? version
            : "a pooler that does not tell its version to this user";
    }

    private static string Describe(Report report)
    {
        var text = new List<string>();
        text.Add($"Database   {report.Database} on {report.Server}");
        if (report.PgBouncer is not null)
        {
            text.Add($"Pooler     {report.PgBouncer}");
        }

        text.Add($"Extensions {string.Join(", ", report.Extensions.Select(e => e.Installed == e.Available ? $"{e.Name} {e.Installed}" : $"{e.Name} {e.Installed} ({e.Available} is there)"))}");
        foreach (var schema in report.Schemas)
        {
            text.Add($"Schema     {schema.Name}: {schema.Applied.Count} applied, {schema.Pending.Count} pending, {schema.Unknown.Count} unknown, {schema.Drift.Count} differences");
            foreach (var line in schema.Pending.Select(id => $"pending: {id}").Concat(schema.Unknown.Select(id => $"unknown here: {id}")).Concat(schema.Drift))
            {
                text.Add($"             {line}");
            }
        }

        foreach (var index in report.InvalidIndexes)
        {
            text.Add($"Invalid    index {index}: 'migrate' rebuilds it");
        }

        text.Add(report.UpToDate ? "Everything is up to date." : "Something is to be done: see above.");

        return string.Join('\n', text);
    }
}
