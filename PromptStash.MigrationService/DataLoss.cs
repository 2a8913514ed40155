using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>
/// Which tables lose rows or values when migrations are undone, judged by what they hold now. What cannot be judged counts as lost: whoever knows
/// better agrees to it, and whoever does not is asked.
/// </summary>
internal static partial class DataLoss
{
    /// <summary>The tables, as schema.table.</summary>
    public static Task<SortedSet<string>> FindAsync(
        DbContext context, IEnumerable<string> undone, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var assembly = context.GetService<IMigrationsAssembly>();

        return FindAsync(
            undone.SelectMany(id => assembly.CreateMigration(assembly.Migrations[id], context.Database.ProviderName!).DownOperations),
            context.Model.GetDefaultSchema() ?? "public", connection, cancellationToken);
    }

    /// <summary>The same for operations in the order in which they are carried out.</summary>
    public static async Task<SortedSet<string>> FindAsync(
        IEnumerable<MigrationOperation> operations, string schema, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var way = new Way(schema);
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (table, column) in operations.SelectMany(way.Follow).Distinct().ToList())
        {
            foreach (var affected in column is Everything ? await TablesAsync(connection, table, cancellationToken) : [table])
            {
                if (await HoldsAnyAsync(connection, affected, column, cancellationToken))
                {
                    tables.Add(affected);
                }
            }
        }

        return tables;
    }

    /// <summary>Stands for all tables of a schema.</summary>
    private const string Everything = "*";

    private static Task<List<string>> TablesAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken) =>
        connection.ColumnAsync("SELECT format('%s.%s', schemaname, tablename) FROM pg_tables WHERE schemaname = $1", cancellationToken, schema);

    private static async Task<bool> HoldsAnyAsync(NpgsqlConnection connection, string table, string? column, CancellationToken cancellationToken)
    {
        var condition = column is null or Everything ? "true" : $"{Sql.Quote(column)} IS NOT NULL";
        try
        {
            return await connection.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {string.Join('.', table.Split('.').Select(Sql.Quote))} WHERE {condition})", cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            // Another name than it has now, which the way back did not explain: whether it holds anything nobody can say.
            return true;
        }
    }

    /// <summary>
    /// Follows the steps back and knows what each name in them is called now: a later migration may have renamed it. What the way back itself makes
    /// holds nothing yet.
    /// </summary>
    private sealed class Way(string ownSchema)
    {
        private readonly Dictionary<string, string?> _tables = [];
        private readonly Dictionary<(string Table, string Column), string?> _columns = [];

        /// <summary>What a step takes values from: a table and one of its columns, or null for its rows.</summary>
        public IEnumerable<(string Table, string? Column)> Follow(MigrationOperation operation)
        {
            switch (operation)
            {
                case CreateTableOperation create:
                    _tables[$"{create.Schema}.{create.Name}"] = null;
                    return [];
                case AddColumnOperation add when Now($"{add.Schema}.{add.Table}") is { } table:
                    _columns[(table, add.Name)] = null;
                    return [];
                case RenameTableOperation rename:
                    _tables[$"{rename.NewSchema ?? rename.Schema}.{rename.NewName ?? rename.Name}"] = Now($"{rename.Schema}.{rename.Name}");
                    return [];
                case RenameColumnOperation rename when Now($"{rename.Schema}.{rename.Table}") is { } table:
                    _columns[(table, rename.NewName)] = Now(table, rename.Name);
                    return [];
                case DropTableOperation drop:
                    return Lose($"{drop.Schema}.{drop.Name}");
                case DropSchemaOperation drop:
                    return [(drop.Name, Everything)];
                case DropColumnOperation drop:
                    return Lose($"{drop.Schema}.{drop.Table}", drop.Name);

                // A narrower type cuts values off, and one that is not narrower cannot be told from one that is.
                case AlterColumnOperation alter when alter.ColumnType != alter.OldColumn.ColumnType:
                    return Lose($"{alter.Schema}.{alter.Table}", alter.Name);
                case DeleteDataOperation delete:
                    return Lose($"{delete.Schema}.{delete.Table}");
                case UpdateDataOperation update:
                    return update.Columns.SelectMany(column => Lose($"{update.Schema}.{update.Table}", column));
                case SqlOperation sql:
                    return Statements(sql.Sql).SelectMany(Follow);
                default:
                    return [];
            }
        }

        private IEnumerable<(string Table, string? Column)> Follow(string statement)
        {
            if (Emptying().Match(statement) is { Success: true } emptying)
            {
                return Name().Matches(Only().Replace(emptying.Groups["tables"].Value, "")).SelectMany(name => Lose(Unquote(name.Value)));
            }

            if (Altering().Match(statement) is { Success: true } altering)
            {
                var table = Unquote(altering.Groups["table"].Value);

                return Taking().Matches(altering.Groups["actions"].Value).SelectMany(taken => Lose(table, Unquote(taken.Groups["column"].Value)));
            }

            if (Updating().Match(statement) is { Success: true } updating)
            {
                return Overwritten(updating.Groups["assignments"].Value).SelectMany(column => Lose(Unquote(updating.Groups["table"].Value), column));
            }

            if (DroppingSchema().Match(statement) is { Success: true } schema)
            {
                return [(Unquote(schema.Groups["schema"].Value), Everything)];
            }

            // Columns of a type go with it, and what a statement puts together it alone knows.
            return Beyond().IsMatch(statement) ? [(ownSchema, Everything)] : [];
        }

        private IEnumerable<(string Table, string? Column)> Lose(string name, string? column = null) =>
            Now(name) is not { } table ? []
            : column is null ? [(table, null)]
            : Now(table, column) is { } now ? [(table, now)]
            : [];

        private string? Now(string table) => _tables.TryGetValue(table, out var now) ? now : table;

        private string? Now(string table, string column) => _columns.TryGetValue((table, column), out var now) ? now : column;
    }

    /// <summary>The statements that are carried out now; what a function does some day is none.</summary>
    private static string[] Statements(string sql) =>
        Literals().Replace(Bodies().Replace(Comments().Replace(sql, " "), body => body.Groups["block"].Success ? $"; {body.Groups["body"].Value} ;" : "''"), "''")
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The columns that get another value than their own; null, all of the row, where the list cannot be read.</summary>
    private static IEnumerable<string?> Overwritten(string assignments)
    {
        var depth = 0;
        var start = 0;
        for (var at = 0; at <= assignments.Length; at++)
        {
            if (at < assignments.Length && assignments[at] is '(' or ')')
            {
                depth += assignments[at] == '(' ? 1 : -1;
            }
            else if (at == assignments.Length || (depth == 0 && assignments[at] == ','))
            {
                var assignment = Assignment().Match(assignments[start..at]);
                start = at + 1;
                if (!assignment.Success)
                {
                    yield return null;
                }
                else if (assignment.Groups["column"].Value != assignment.Groups["value"].Value)
                {
                    yield return Unquote(assignment.Groups["column"].Value);
                }
            }
        }
    }

    /// <summary>A name without its quotes; what had none means small letters.</summary>
    private static string Unquote(string name) =>
        string.Join('.', Part().Matches(name).Select(part => part.Value is ['"', .. var quoted, '"'] ? quoted : part.Value.ToLowerInvariant()));

    private const string Identifier = """(?:"[^"]+"|\w+)""";
    private const string QualifiedName = $"""{Identifier}(?:\s*\.\s*{Identifier})*""";

    [GeneratedRegex(Identifier)]
    private static partial Regex Part();

    [GeneratedRegex(QualifiedName)]
    private static partial Regex Name();

    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<block>\bDO\s+(?:LANGUAGE\s+\w+\s+)?)?\$(?<tag>\w*)\$(?<body>.*?)\$\k<tag>\$", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Bodies();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Literals();

    [GeneratedRegex($@"\b(?:DROP\s+TABLE(?:\s+IF\s+EXISTS)?|DELETE\s+FROM(?:\s+ONLY)?|TRUNCATE(?:\s+TABLE)?(?:\s+ONLY)?|MERGE\s+INTO|INSERT\s+INTO(?=.*\bDO\s+UPDATE\b))\s+(?!ON\b)(?<tables>{QualifiedName}(?:\s*,\s*(?:ONLY\s+)?{QualifiedName})*)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Emptying();

    [GeneratedRegex(@"(?<=,\s*)ONLY\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Only();

    [GeneratedRegex($@"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?<table>{QualifiedName})\s+(?<actions>.*)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Altering();

    [GeneratedRegex($@"\bDROP\s+(?:COLUMN\s+)?(?:IF\s+EXISTS\s+)?(?!(?:COLUMN|IF|CONSTRAINT|DEFAULT|NOT|EXPRESSION|IDENTITY)\b)(?<column>{Identifier})|\bALTER\s+(?:COLUMN\s+)?(?<column>{Identifier})\s+(?:SET\s+DATA\s+)?TYPE\b", RegexOptions.IgnoreCase)]
    private static partial Regex Taking();

    [GeneratedRegex($@"\bUPDATE\s+(?:ONLY\s+)?(?<table>{QualifiedName})(?:\s+(?:AS\s+)?(?!SET\b)\w+)?\s+SET\s+(?<assignments>.*?)(?:\b(?:FROM|WHERE|RETURNING)\b|$)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Updating();

    [GeneratedRegex($@"^\s*(?<column>{Identifier})\s*=\s*(?<value>.*?)\s*$", RegexOptions.Singleline)]
    private static partial Regex Assignment();

    [GeneratedRegex($@"\bDROP\s+SCHEMA\s+(?:IF\s+EXISTS\s+)?(?<schema>{Identifier})", RegexOptions.IgnoreCase)]
    private static partial Regex DroppingSchema();

    [GeneratedRegex(@"\bDROP\s+(?:TYPE|DOMAIN|EXTENSION|OWNED)\b.*\bCASCADE\b|\bEXECUTE\s+(?!FUNCTION|PROCEDURE)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Beyond();
}
