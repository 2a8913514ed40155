using System.Text.RegularExpressions;
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
/// holds a lock for longer than a moment. What a migration makes itself nobody uses yet.
/// </summary>
internal static partial class OperationRules
{
    private const string Concurrently = "Npgsql:CreatedConcurrently";

    public static IEnumerable<(string Rule, string Message)> Check(IReadOnlyList<MigrationOperation> operations, bool isContractPhase)
    {
        var own = operations.OfType<CreateTableOperation>().Select(table => (table.Schema, table.Name)).ToHashSet();

        return operations.SelectMany(operation => Check(operation, own))
            .Where(finding => !finding.IsContract || !isContractPhase)
            .Select(finding => (finding.Rule, finding.IsContract ? finding.Message + " Where nothing uses it any more, say so: [ContractPhase(\"why\")]." : finding.Message));
    }

    private static IEnumerable<(string Rule, string Message, bool IsContract)> Check(MigrationOperation operation, HashSet<(string?, string)> own) => operation switch
    {
        DropTableOperation drop when !own.Contains((drop.Schema, drop.Name)) =>
            [("drop-table", $"Table {drop.Name} goes away under the old version.", true)],
        DropColumnOperation drop when !own.Contains((drop.Schema, drop.Table)) =>
            [("drop-column", $"Column {drop.Table}.{drop.Name} goes away under the old version, which names it in every statement.", true)],
        DropSchemaOperation drop => [("drop-schema", $"Schema {drop.Name} goes away under the old version.", true)],
        RenameTableOperation rename => [("rename-table", $"Table {rename.Name} is not found by the old version. Make a view or a new table, and contract later.", true)],
        RenameColumnOperation rename =>
            [("rename-column", $"Column {rename.Table}.{rename.Name} is not found by the old version. Add the new one, write both, backfill, and contract later.", true)],
        AlterColumnOperation alter => CheckAlter(alter),
        AddColumnOperation { IsNullable: false, DefaultValue: null, DefaultValueSql: null, ComputedColumnSql: null } add when !own.Contains((add.Schema, add.Table)) =>
            [("required-column", $"Column {add.Table}.{add.Name} is required and has no default: rows of the old version are refused. Give it a default, or let it be null at first.", false)],
        AddColumnOperation { ComputedColumnSql: not null, IsStored: true } add when !own.Contains((add.Schema, add.Table)) =>
            [("stored-generated-column", $"Column {add.Table}.{add.Name} rewrites the whole table under an exclusive lock. Use a plain column, a trigger and a backfill.", false)],
        CreateIndexOperation index when !own.Contains((index.Schema, index.Table)) && index.FindAnnotation(Concurrently)?.Value is not true =>
            [("index-not-concurrent", $"Index {index.Name} stops all writes to {index.Table} while it is built. Build it concurrently: .IsCreatedConcurrently().", false)],
        AddForeignKeyOperation key when !own.Contains((key.Schema, key.Table)) =>
            [("validated-constraint", $"Foreign key {key.Name} is checked against all rows of {key.Table} under a lock. Add it NOT VALID, and validate it in a later migration.", false)],
        AddCheckConstraintOperation check when !own.Contains((check.Schema, check.Table)) =>
            [("validated-constraint", $"Check {check.Name} is checked against all rows of {check.Table} under a lock. Add it NOT VALID, and validate it in a later migration.", false)],
        AddUniqueConstraintOperation unique when !own.Contains((unique.Schema, unique.Table)) =>
            [("unique-constraint", $"Constraint {unique.Name} builds its index under an exclusive lock. Build a unique index concurrently first, and add the constraint using it.", false)],
        SqlOperation sql when WholeTable().IsMatch(Bodies().Replace(sql.Sql, "")) =>
            [("backfill-in-migration", "A statement changes all rows of a table in one transaction. Use Backfill, which goes in batches and can be resumed.", false)],
        _ => [],
    };

    private static IEnumerable<(string Rule, string Message, bool IsContract)> CheckAlter(AlterColumnOperation alter)
    {
        if (alter.ColumnType != alter.OldColumn.ColumnType)
        {
            yield return ("column-type", $"Column {alter.Table}.{alter.Name} changes its type: the table is rewritten under an exclusive lock, and the old version reads another type.", true);
        }

        if (!alter.IsNullable && alter.OldColumn.IsNullable)
        {
            yield return ("set-not-null", $"Column {alter.Table}.{alter.Name} becomes required: all rows are checked under an exclusive lock, and the old version may leave it out.", true);
        }
    }

    // What functions and blocks do when they run is not what the migration does to all rows.
    [GeneratedRegex(@"\$(?<tag>\w*)\$.*?\$\k<tag>\$", RegexOptions.Singleline)]
    private static partial Regex Bodies();

    [GeneratedRegex(@"\b(UPDATE\s+(ONLY\s+)?[\w"".]+\s+(AS\s+\w+\s+|\w+\s+)?SET|DELETE\s+FROM)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WholeTable();
}
