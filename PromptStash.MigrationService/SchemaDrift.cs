using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService;

/// <summary>What differs between the model that the program was built with and the tables that the database has.</summary>
/// <remarks>Indexes and columns that raw SQL of a migration adds are in no model; only what the model asks for must be there, and no table or column beside it.</remarks>
internal static class SchemaDrift
{
    public static Task<List<string>> FindAsync(IModuleMigrator module, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        module.UseAsync(async context =>
        {
            var model = context.GetService<IDesignTimeModel>().Model.GetRelationalModel();
            var tables = model.Tables.Where(table => table.Schema == module.Schema).ToList();
            var columns = await ColumnsAsync(connection, module.Schema, cancellationToken);
            var indexes = await NamesAsync(connection, "SELECT indexname FROM pg_indexes WHERE schemaname = $1", module.Schema, cancellationToken);
            var constraints = await NamesAsync(
                connection, "SELECT conname FROM pg_constraint WHERE connamespace = to_regnamespace(quote_ident($1))", module.Schema, cancellationToken);

            return tables.SelectMany(table => OfTable(table, columns, indexes, constraints))
                .Concat(columns.Keys.Select(column => column.Table).Distinct()
                    .Where(name => name != ModuleDatabase.HistoryTable && tables.All(table => table.Name != name))
                    .Select(name => $"table {module.Schema}.{name} is in no model"))
                .ToList();
        });

    private static IEnumerable<string> OfTable(
        ITable table, Dictionary<(string Table, string Column), (string Type, bool Nullable)> columns, HashSet<string> indexes, HashSet<string> constraints)
    {
        var name = $"{table.Schema}.{table.Name}";
        if (!columns.Keys.Any(column => column.Table == table.Name))
        {
            yield return $"table {name} is missing";
            yield break;
        }

        foreach (var column in table.Columns)
        {
            if (!columns.TryGetValue((table.Name, column.Name), out var actual))
            {
                yield return $"column {name}.{column.Name} is missing";
            }
            else if (actual.Type != column.StoreType)
            {
                yield return $"column {name}.{column.Name} is {actual.Type}, not {column.StoreType}";
            }
            else if (actual.Nullable != column.IsNullable)
            {
                yield return $"column {name}.{column.Name} {(actual.Nullable ? "may" : "may not")} be null";
            }
        }

        foreach (var extra in columns.Keys.Where(column => column.Table == table.Name && table.FindColumn(column.Column) is null))
        {
            yield return $"column {name}.{extra.Column} is in no model";
        }

        foreach (var index in table.Indexes.Where(index => !indexes.Contains(index.Name)))
        {
            yield return $"index {index.Name} on {name} is missing";
        }

        foreach (var constraint in table.UniqueConstraints.Select(unique => unique.Name)
            .Concat(table.ForeignKeyConstraints.Select(key => key.Name))
            .Concat(table.CheckConstraints.Select(check => check.Name!))
            .Where(constraint => !constraints.Contains(constraint)))
        {
            yield return $"constraint {constraint} on {name} is missing";
        }
    }

    private static async Task<Dictionary<(string Table, string Column), (string Type, bool Nullable)>> ColumnsAsync(
        NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        // A model names types as format_type does where no schema is in the search path.
        await using var command = new NpgsqlCommand(
            """
            SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            """, connection) { Parameters = { new() { Value = schema } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var columns = new Dictionary<(string, string), (string, bool)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            columns[(reader.GetString(0), reader.GetString(1))] = (reader.GetString(2), reader.GetBoolean(3));
        }

        return columns;
    }

    private static async Task<HashSet<string>> NamesAsync(NpgsqlConnection connection, string sql, string schema, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = schema } } };

        return [.. await command.ColumnAsync(cancellationToken)];
    }
}
