using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>Which tables lose rows or values when migrations are undone, judged by what they hold now.</summary>
internal static partial class DataLoss
{
    /// <summary>The tables, as schema.table.</summary>
    public static async Task<SortedSet<string>> FindAsync(
        DbContext context, IEnumerable<string> undone, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        var assembly = context.GetService<IMigrationsAssembly>();
        foreach (var operation in undone
            .Select(id => assembly.CreateMigration(assembly.Migrations[id], context.Database.ProviderName!))
            .SelectMany(migration => migration.DownOperations))
        {
            foreach (var (table, condition) in TouchedBy(operation))
            {
                if (await AnyRowAsync(connection, table, condition, cancellationToken))
                {
                    tables.Add(table);
                }
            }
        }

        return tables;
    }

    /// <summary>What an operation takes values from, and which rows have one.</summary>
    private static IEnumerable<(string Table, string Condition)> TouchedBy(MigrationOperation operation) => operation switch
    {
        DropTableOperation drop => [($"{drop.Schema}.{drop.Name}", "true")],
        DropColumnOperation drop => [($"{drop.Schema}.{drop.Table}", $"{Sql.Quote(drop.Name)} IS NOT NULL")],

        // A narrower type cuts values off, and one that is not narrower cannot be told from one that is.
        AlterColumnOperation alter when alter.ColumnType != alter.OldColumn.ColumnType => [($"{alter.Schema}.{alter.Table}", $"{Sql.Quote(alter.Name)} IS NOT NULL")],
        DeleteDataOperation delete => [($"{delete.Schema}.{delete.Table}", "true")],
        SqlOperation sql => Deleting().Matches(sql.Sql).Select(match => (match.Groups["table"].Value.Replace("\"", "", StringComparison.Ordinal), "true")),
        _ => [],
    };

    private static async Task<bool> AnyRowAsync(NpgsqlConnection connection, string table, string condition, CancellationToken cancellationToken)
    {
        var name = string.Join('.', table.Split('.').Select(Sql.Quote));
        try
        {
            return await connection.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {name} WHERE {condition})", cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            // A later step of the same way back would have made it first; now there is nothing in it to lose.
            return false;
        }
    }

    [GeneratedRegex("""(?:DROP\s+TABLE(?:\s+IF\s+EXISTS)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|ALTER\s+TABLE(?=[^;]*\bDROP\s+COLUMN))\s+(?:ONLY\s+)?(?<table>[\w".]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Deleting();
}
