using System.Reflection;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Operations;
using PromptStash.MigrationService.Linting;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>The rules of changes without downtime, on operations as EF Core makes them.</summary>
public sealed class JudgingAMigration
{
    private static readonly Dictionary<string, MigrationOperation[]> Operations = new()
    {
        ["drop-table"] = [new DropTableOperation { Schema = "s", Name = "t" }],
        ["drop-column"] = [new DropColumnOperation { Schema = "s", Table = "t", Name = "c" }],
        ["drop-schema"] = [new DropSchemaOperation { Name = "s" }],
        ["drop-sequence"] = [new DropSequenceOperation { Schema = "s", Name = "q" }],
        ["drop-key"] = [new DropPrimaryKeyOperation { Schema = "s", Table = "t", Name = "k" }, new DropUniqueConstraintOperation { Schema = "s", Table = "t", Name = "k" }],
        ["drop-constraint"] = [new DropForeignKeyOperation { Schema = "s", Table = "t", Name = "k" }, new DropCheckConstraintOperation { Schema = "s", Table = "t", Name = "k" }],
        ["drop-index"] = [new DropIndexOperation { Schema = "s", Table = "t", Name = "i" }],
        ["drop-type"] = [WithoutOldType()],
        ["rename-table"] = [new RenameTableOperation { Schema = "s", Name = "t", NewName = "u" }],
        ["rename-column"] = [new RenameColumnOperation { Schema = "s", Table = "t", Name = "c", NewName = "d" }],
        ["rename-index"] = [new RenameIndexOperation { Schema = "s", Table = "t", Name = "i", NewName = "j" }],
        ["rename-sequence"] = [new RenameSequenceOperation { Schema = "s", Name = "q", NewName = "r" }],
        ["column-type"] = [Altered(new() { ColumnType = "text" }, new() { ColumnType = "integer" })],
        ["set-not-null"] = [Altered(new() { IsNullable = true }, new() { IsNullable = false })],
        ["drop-default"] = [Altered(new() { DefaultValueSql = "now()" }, new())],
        ["rewritten-column"] = [Altered(new(), new() { Collation = "C" }), Altered(new() { ComputedColumnSql = "lower(n)" }, new() { ComputedColumnSql = "upper(n)" })],
        ["rewritten-table"] = [Unlogged()],
        ["sequence-increment"] = [new AlterSequenceOperation { Schema = "s", Name = "q", IncrementBy = 10 }],
        ["restart-sequence"] = [new RestartSequenceOperation { Schema = "s", Name = "q", StartValue = 1 }],
        ["required-column"] = [new AddColumnOperation { Schema = "s", Table = "t", Name = "c", ClrType = typeof(string) }],
        ["stored-generated-column"] = [new AddColumnOperation { Schema = "s", Table = "t", Name = "c", ClrType = typeof(string), ComputedColumnSql = "lower(n)", IsStored = true }],
        ["index-not-concurrent"] = [new CreateIndexOperation { Schema = "s", Table = "t", Name = "i", Columns = ["c"] }],
        ["validated-constraint"] =
        [
            new AddForeignKeyOperation { Schema = "s", Table = "t", Name = "k", Columns = ["c"], PrincipalTable = "p" },
            new AddCheckConstraintOperation { Schema = "s", Table = "t", Name = "k", Sql = "c > 0" },
        ],
        ["unique-constraint"] = [new AddUniqueConstraintOperation { Schema = "s", Table = "t", Name = "k", Columns = ["c"] }],
        ["primary-key"] = [new AddPrimaryKeyOperation { Schema = "s", Table = "t", Name = "k", Columns = ["c"] }],
        ["backfill-in-migration"] = [new SqlOperation { Sql = "UPDATE s.t SET c = lower(n);" }],
        ["delete-data"] = [new DeleteDataOperation { Schema = "s", Table = "t", KeyColumns = ["c"], KeyValues = new object[,] { { 1 } } }],
        ["unknown-operation"] = [new OfALaterVersion()],
    };

    /// <summary>What an old version does not notice, and no lock of more than a moment.</summary>
    private static readonly MigrationOperation[] Harmless =
    [
        new CreateTableOperation { Schema = "s", Name = "t" },
        new CreateSequenceOperation { Schema = "s", Name = "q" },
        new EnsureSchemaOperation { Name = "s" },
        new AlterDatabaseOperation { ["Npgsql:Enum:s.new"] = "a,b" },
        new AlterTableOperation { Schema = "s", Name = "t", Comment = "What it is for" },
        new InsertDataOperation { Schema = "s", Table = "t", Columns = ["c"], Values = new object[,] { { 1 } } },
        new UpdateDataOperation { Schema = "s", Table = "t", KeyColumns = ["c"], KeyValues = new object[,] { { 1 } }, Columns = ["c"], Values = new object[,] { { 2 } } },
    ];

    public static TheoryData<string> Rules => [.. Operations.Keys];

    public static TheoryData<string> ContractRules =>
    [
        "drop-table", "drop-column", "drop-schema", "drop-sequence", "drop-key", "drop-constraint", "drop-type", "rename-table", "rename-column", "rename-index",
        "rename-sequence", "column-type", "set-not-null", "drop-default", "sequence-increment", "restart-sequence", "delete-data",
    ];

    public static TheoryData<string> RulesOfLocks => [.. Operations.Keys.Except(ContractRules.Select(rule => rule.Data))];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Finds_what_stops_users_or_the_old_version(string rule) => Assert.All(
        Operations[rule], operation => Assert.Equal(rule, Assert.Single(OperationRules.Check([operation], isContractPhase: false)).Rule));

    [Theory]
    [MemberData(nameof(ContractRules))]
    public void Lets_pass_what_is_marked_as_contract_phase(string rule) =>
        Assert.All(Operations[rule], operation => Assert.Empty(OperationRules.Check([operation], isContractPhase: true)));

    [Theory]
    [MemberData(nameof(RulesOfLocks))]
    public void Lets_no_lock_pass_for_being_in_the_contract_phase(string rule) =>
        Assert.All(Operations[rule], operation => Assert.NotEmpty(OperationRules.Check([operation], isContractPhase: true)));

    [Theory]
    [InlineData("drop-column")]
    [InlineData("required-column")]
    [InlineData("index-not-concurrent")]
    [InlineData("validated-constraint")]
    [InlineData("primary-key")]
    public void Lets_pass_what_happens_to_a_table_of_its_own(string rule) => Assert.Empty(OperationRules.Check(
        [new CreateTableOperation { Schema = "s", Name = "t" }, .. Operations[rule]], isContractPhase: false));

    [Fact]
    public void Takes_no_table_for_its_own_before_it_is_made() => Assert.Equal("drop-table", Assert.Single(OperationRules.Check(
        [.. Operations["drop-table"], new CreateTableOperation { Schema = "s", Name = "t" }], isContractPhase: false)).Rule);

    [Fact]
    public void Lets_pass_what_nobody_notices() =>
        Assert.All(Harmless, operation => Assert.Empty(OperationRules.Check([operation], isContractPhase: false)));

    /// <summary>One that is new in EF Core or in its provider stands in neither list; until somebody has judged it, it is found.</summary>
    [Fact]
    public void Knows_every_operation_of_EF_Core()
    {
        var all = ((Assembly[])[typeof(MigrationOperation).Assembly, typeof(NpgsqlDropDatabaseOperation).Assembly])
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsVisible && !type.IsAbstract && type.IsAssignableTo(typeof(MigrationOperation)))
            .ToHashSet();
        var judged = Operations.Values.SelectMany(operations => operations).Concat(Harmless).Select(operation => operation.GetType()).ToHashSet();

        Assert.True(all.Count > 30, $"Only {all.Count} operations were found.");

        // A migration makes and drops no database; that nothing is known of them is found.
        Assert.Equal(
            [nameof(NpgsqlCreateDatabaseOperation), nameof(NpgsqlDropDatabaseOperation)], all.Except(judged).Select(type => type.Name).Order(StringComparer.Ordinal));
        Assert.All(all.Except(judged), type =>
            Assert.Equal("unknown-operation", Assert.Single(OperationRules.Check([(MigrationOperation)Activator.CreateInstance(type)!], isContractPhase: true)).Rule));
    }

    [Fact]
    public void Lets_an_index_pass_that_is_built_concurrently() => Assert.Empty(OperationRules.Check([Concurrent("i")], isContractPhase: false));

    [Fact]
    public void Finds_what_would_be_half_applied_when_an_index_cannot_be_built()
    {
        MigrationOperation[][] beside =
        [
            [Concurrent("i"), Concurrent("j")],
            [new AddColumnOperation { Schema = "s", Table = "t", Name = "c", IsNullable = true, ClrType = typeof(string) }, Concurrent("i")],
            [new SqlOperation { Sql = "CREATE INDEX CONCURRENTLY i ON s.t (c)", SuppressTransaction = true }, new EnsureSchemaOperation { Name = "s" }],
        ];

        Assert.All(beside, operations => Assert.Equal("beside-a-transaction", Assert.Single(OperationRules.Check(operations, isContractPhase: true)).Rule));
    }

    [Theory]
    [InlineData("CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN UPDATE s.t SET c = 1; END $f$")]
    [InlineData("CREATE TRIGGER x BEFORE UPDATE OF c ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()")]
    public void Lets_pass_what_a_function_does_later(string sql) =>
        Assert.Empty(OperationRules.Check([new SqlOperation { Sql = sql }], isContractPhase: false));

    private static CreateIndexOperation Concurrent(string name) =>
        new() { Schema = "s", Table = "t", Name = name, Columns = ["c"], ["Npgsql:CreatedConcurrently"] = true };

    private static AlterColumnOperation Altered(AddColumnOperation old, AlterColumnOperation changed)
    {
        (changed.Schema, changed.Table, changed.Name, changed.OldColumn) = ("s", "t", "c", old);

        return changed;
    }

    private static AlterDatabaseOperation WithoutOldType()
    {
        var alter = new AlterDatabaseOperation();
        alter.OldDatabase["Npgsql:Enum:s.old"] = "a,b";

        return alter;
    }

    private static AlterTableOperation Unlogged()
    {
        var alter = new AlterTableOperation { Schema = "s", Name = "t", ["Npgsql:UnloggedTable"] = true };
        alter.OldTable["Npgsql:UnloggedTable"] = false;

        return alter;
    }

    private sealed class OfALaterVersion : MigrationOperation;
}
