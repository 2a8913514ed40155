using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace PromptStash.MigrationService.Linting;

/// <summary>Something about a migration that stops users or loses something while it is applied.</summary>
/// <param name="Schema">The module.</param>
/// <param name="Migration">The migration.</param>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Message">What is wrong, and what to do instead.</param>
internal sealed record Finding(string Schema, string Migration, string Rule, string Message);

/// <summary>
/// The rules of changes without downtime, on EF Core's operations: an old version of the API goes on working on the new schema, and no statement
/// holds a lock for longer than a moment. What a migration makes itself nobody uses yet. An operation that no rule knows is found, too.
/// </summary>
internal static partial class OperationRules
{
    private const string Concurrently = "Npgsql:CreatedConcurrently";

    /// <summary>What the database as a whole may have lost, by the beginning of the annotation's name.</summary>
    private static readonly string[] Types = ["Npgsql:Enum:", "Npgsql:Range:", "Npgsql:PostgresExtension:", "Npgsql:CollationDefinition:"];

    /// <param name="operations">The migration's, in their order.</param>
    /// <param name="isContractPhase">Whether it is marked as [ContractPhase]: what it takes away nobody uses any more.</param>
    public static IEnumerable<(string Rule, string Message)> Check(IReadOnlyList<MigrationOperation> operations, bool isContractPhase) =>
        CheckAll(operations)
            .Where(finding => !finding.IsContract || !isContractPhase)
            .Select(finding => (finding.Rule, finding.IsContract ? finding.Message + " Where nothing uses it any more, say so: [ContractPhase(\"why\")]." : finding.Message));

    /// <summary>Whether it is carried out outside of the migration's transaction, so that it is not undone with the rest.</summary>
    public static bool RunsOutsideTransaction(this MigrationOperation operation) =>
        operation is SqlOperation { SuppressTransaction: true } || (operation is CreateIndexOperation && IsConcurrent(operation));

    private static bool IsConcurrent(MigrationOperation operation) => operation.FindAnnotation(Concurrently)?.Value is true;

    private static IEnumerable<(string Rule, string Message, bool IsContract)> CheckAll(IReadOnlyList<MigrationOperation> operations)
    {
        var own = new HashSet<(string?, string)>();
        foreach (var operation in operations)
        {
            if (operation is CreateTableOperation made)
            {
                own.Add((made.Schema, made.Name));
            }

            if (operation is not ITableMigrationOperation onTable || !own.Contains((onTable.Schema, onTable.Table)))
            {
                foreach (var finding in Check(operation))
                {
                    yield return finding;
                }
            }
        }

        if (operations.Count > 1 && operations.Any(RunsOutsideTransaction))
        {
            yield return ("beside-a-transaction", "A statement outside of the transaction stands beside others: when it fails, they are kept, and cannot be applied again. Give it a migration of its own.", false);
        }
    }

    private static IEnumerable<(string Rule, string Message, bool IsContract)> Check(MigrationOperation operation) => operation switch
    {
        DropTableOperation drop => [("drop-table", $"Table {drop.Name} goes away under the old version.", true)],
        DropColumnOperation drop => [("drop-column", $"Column {drop.Table}.{drop.Name} goes away under the old version, which names it in every statement.", true)],
        DropSchemaOperation drop => [("drop-schema", $"Schema {drop.Name} goes away under the old version.", true)],
        DropSequenceOperation drop => [("drop-sequence", $"Sequence {drop.Name} goes away under the old version.", true)],
        DropPrimaryKeyOperation drop => [("drop-key", DropsKey(drop.Name, drop.Table), true)],
        DropUniqueConstraintOperation drop => [("drop-key", DropsKey(drop.Name, drop.Table), true)],
        DropForeignKeyOperation drop => [("drop-constraint", DropsConstraint(drop.Name, drop.Table), true)],
        DropCheckConstraintOperation drop => [("drop-constraint", DropsConstraint(drop.Name, drop.Table), true)],
        DropIndexOperation drop =>
            [("drop-index", $"Dropping index {drop.Name} waits for everybody who uses {drop.Table}, and keeps the others waiting. Use DROP INDEX CONCURRENTLY, in Sql(…, suppressTransaction: true).", false)],
        RenameTableOperation rename => [("rename-table", $"Table {rename.Name} is not found by the old version. Make a view or a new table, and contract later.", true)],
        RenameColumnOperation rename =>
            [("rename-column", $"Column {rename.Table}.{rename.Name} is not found by the old version. Add the new one, write both, backfill, and contract later.", true)],
        RenameIndexOperation rename => [("rename-index", $"The old version knows a violation of {rename.Name} by this name, and would answer 500.", true)],
        RenameSequenceOperation rename => [("rename-sequence", $"Sequence {rename.Name} is not found by the old version.", true)],
        AlterColumnOperation alter => CheckAlter(alter),
        AlterDatabaseOperation alter => alter.OldDatabase.GetAnnotations()
            .Where(old => Types.Any(type => old.Name.StartsWith(type, StringComparison.Ordinal)) && alter.FindAnnotation(old.Name) is null)
            .Select(old => ("drop-type", $"{old.Name["Npgsql:".Length..]} goes away under the old version.", true)),
        AlterTableOperation alter when IsUnlogged(alter) != IsUnlogged(alter.OldTable) =>
            [("rewritten-table", $"Table {alter.Name} is written anew under an exclusive lock, to be logged or not.", false)],
        AlterSequenceOperation alter when alter.IncrementBy != alter.OldSequence.IncrementBy =>
            [("sequence-increment", $"The old version counts on by the former increment of {alter.Name}, and would give numbers twice.", true)],
        RestartSequenceOperation restart => [("restart-sequence", $"Sequence {restart.Name} gives numbers again that the old version has given.", true)],
        AddColumnOperation { IsNullable: false, DefaultValue: null, DefaultValueSql: null, ComputedColumnSql: null } add =>
            [("required-column", $"Column {add.Table}.{add.Name} is required and has no default: rows of the old version are refused. Give it a default, or let it be null at first.", false)],
        AddColumnOperation { ComputedColumnSql: not null, IsStored: true } add =>
            [("stored-generated-column", $"Column {add.Table}.{add.Name} rewrites the whole table under an exclusive lock. Use a plain column, a trigger and a backfill.", false)],
        CreateIndexOperation index when !IsConcurrent(index) =>
            [("index-not-concurrent", $"Index {index.Name} stops all writes to {index.Table} while it is built. Build it concurrently: .IsCreatedConcurrently().", false)],
        AddForeignKeyOperation key =>
            [("validated-constraint", $"Foreign key {key.Name} is checked against all rows of {key.Table} under a lock. Add it NOT VALID, and validate it in a later migration.", false)],
        AddCheckConstraintOperation check =>
            [("validated-constraint", $"Check {check.Name} is checked against all rows of {check.Table} under a lock. Add it NOT VALID, and validate it in a later migration.", false)],
        AddUniqueConstraintOperation unique =>
            [("unique-constraint", $"Constraint {unique.Name} builds its index under an exclusive lock. Build a unique index concurrently first, and add the constraint using it.", false)],
        AddPrimaryKeyOperation key =>
            [("primary-key", $"Key {key.Name} builds its index, and looks for nulls in all rows of {key.Table}, under an exclusive lock. Build a unique index concurrently first, on required columns, and add the key USING INDEX.", false)],
        SqlOperation sql when WholeTable().IsMatch(Bodies().Replace(sql.Sql, "")) =>
            [("backfill-in-migration", "A statement changes all rows of a table in one transaction. Use Backfill, which goes in batches and can be resumed.", false)],
        DeleteDataOperation delete => [("delete-data", $"Rows of {delete.Table} go away under the old version, which may ask for them.", true)],

        // A new thing, which the old version does not know; a comment or a setting of a table; single rows by their key. Of other SQL squawk judges.
        CreateTableOperation or CreateSequenceOperation or EnsureSchemaOperation or AddColumnOperation or CreateIndexOperation or AlterTableOperation
            or AlterSequenceOperation or InsertDataOperation or UpdateDataOperation or SqlOperation => [],
        _ => [("unknown-operation", $"Nothing is known of what {operation.GetType().Name} does to users. Give it a rule, or write what it does as SQL.", false)],
    };

    private static string DropsKey(string name, string? table) => $"The old version may write to {table} with ON CONFLICT, which needs {name}, or know its violation by this name.";

    private static string DropsConstraint(string name, string? table) => $"The old version leaves to {name} what may be in {table}, or what goes with its rows.";

    private static bool IsUnlogged(IReadOnlyAnnotatable table) => table.FindAnnotation("Npgsql:UnloggedTable")?.Value is true;

    private static IEnumerable<(string Rule, string Message, bool IsContract)> CheckAlter(AlterColumnOperation alter)
    {
        if (alter.ColumnType != alter.OldColumn.ColumnType)
        {
            yield return ("column-type", $"Column {alter.Table}.{alter.Name} changes its type: the table is rewritten under an exclusive lock, and the old version reads another type.", true);
        }

        if (!alter.IsNullable && alter.OldColumn.IsNullable)
        {
            yield return ("set-not-null", $"Column {alter.Table}.{alter.Name} becomes required: all rows are checked under an exclusive lock, unless a CHECK (… IS NOT NULL) was added NOT VALID and validated in migrations before; and the old version may leave it out.", true);
        }

        if (!alter.IsNullable && HasDefault(alter.OldColumn) && !HasDefault(alter))
        {
            yield return ("drop-default", $"Column {alter.Table}.{alter.Name} loses its default: the old version may leave it out.", true);
        }

        if (alter.Collation != alter.OldColumn.Collation || alter.ComputedColumnSql != alter.OldColumn.ComputedColumnSql)
        {
            yield return ("rewritten-column", $"Column {alter.Table}.{alter.Name} is written anew, or its indexes are, under an exclusive lock.", false);
        }
    }

    private static bool HasDefault(ColumnOperation column) => column.DefaultValue is not null || column.DefaultValueSql is not null;

    // What functions and blocks do when they run is not what the migration does to all rows.
    [GeneratedRegex(@"\$(?<tag>\w*)\$.*?\$\k<tag>\$", RegexOptions.Singleline)]
    private static partial Regex Bodies();

    [GeneratedRegex(@"\b(UPDATE\s+(ONLY\s+)?[\w"".]+\s+(AS\s+\w+\s+|\w+\s+)?SET|DELETE\s+FROM)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WholeTable();
}
