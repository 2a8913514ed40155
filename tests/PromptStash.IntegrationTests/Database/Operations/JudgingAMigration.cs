using Microsoft.EntityFrameworkCore.Migrations.Operations;
using PromptStash.MigrationService.Linting;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>The rules of changes without downtime, on operations as EF Core makes them.</summary>
public sealed class JudgingAMigration
{
    private static readonly Dictionary<string, MigrationOperation> Operations = new()
    {
        ["drop-table"] = new DropTableOperation { Schema = "s", Name = "t" },
        ["drop-column"] = new DropColumnOperation { Schema = "s", Table = "t", Name = "c" },
        ["drop-schema"] = new DropSchemaOperation { Name = "s" },
        ["rename-table"] = new RenameTableOperation { Schema = "s", Name = "t", NewName = "u" },
        ["rename-column"] = new RenameColumnOperation { Schema = "s", Table = "t", Name = "c", NewName = "d" },
        ["column-type"] = Altered("text", true, "integer", true),
        ["set-not-null"] = Altered("text", true, "text", false),
        ["required-column"] = new AddColumnOperation { Schema = "s", Table = "t", Name = "c", ClrType = typeof(string) },
        ["stored-generated-column"] = new AddColumnOperation { Schema = "s", Table = "t", Name = "c", ClrType = typeof(string), ComputedColumnSql = "lower(n)", IsStored = true },
        ["index-not-concurrent"] = new CreateIndexOperation { Schema = "s", Table = "t", Name = "i", Columns = ["c"] },
        ["validated-constraint"] = new AddForeignKeyOperation { Schema = "s", Table = "t", Name = "k", Columns = ["c"], PrincipalTable = "p" },
        ["unique-constraint"] = new AddUniqueConstraintOperation { Schema = "s", Table = "t", Name = "k", Columns = ["c"] },
        ["backfill-in-migration"] = new SqlOperation { Sql = "UPDATE s.t SET c = lower(n);" },
    };

    public static TheoryData<string> Rules => [.. Operations.Keys];

    public static TheoryData<string> ContractRules => ["drop-table", "drop-column", "drop-schema", "rename-table", "rename-column", "column-type", "set-not-null"];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Finds_what_stops_users_or_the_old_version(string rule) =>
        Assert.Equal(rule, Assert.Single(OperationRules.Check([Operations[rule]], isContractPhase: false)).Rule);

    [Theory]
    [MemberData(nameof(ContractRules))]
    public void Lets_pass_what_is_marked_as_contract_phase(string rule) =>
        Assert.Empty(OperationRules.Check([Operations[rule]], isContractPhase: true));

    [Theory]
    [InlineData("required-column")]
    [InlineData("index-not-concurrent")]
    [InlineData("backfill-in-migration")]
    public void Lets_no_lock_pass_for_being_in_the_contract_phase(string rule) =>
        Assert.NotEmpty(OperationRules.Check([Operations[rule]], isContractPhase: true));

    [Theory]
    [InlineData("drop-column")]
    [InlineData("required-column")]
    [InlineData("index-not-concurrent")]
    [InlineData("validated-constraint")]
    public void Lets_pass_what_happens_to_a_table_of_its_own(string rule) => Assert.Empty(OperationRules.Check(
        [new CreateTableOperation { Schema = "s", Name = "t" }, Operations[rule]], isContractPhase: false));

    [Fact]
    public void Lets_an_index_pass_that_is_built_concurrently()
    {
        var index = new CreateIndexOperation { Schema = "s", Table = "t", Name = "i", Columns = ["c"] };
        index.AddAnnotation("Npgsql:CreatedConcurrently", true);

        Assert.Empty(OperationRules.Check([index], isContractPhase: false));
    }

    [Theory]
    [InlineData("CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN UPDATE s.t SET c = 1; END $f$")]
    [InlineData("CREATE TRIGGER x BEFORE UPDATE OF c ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()")]
    public void Lets_pass_what_a_function_does_later(string sql) =>
        Assert.Empty(OperationRules.Check([new SqlOperation { Sql = sql }], isContractPhase: false));

    private static AlterColumnOperation Altered(string oldType, bool oldNullable, string type, bool nullable) => new()
    {
        Schema = "s",
        Table = "t",
        Name = "c",
        ColumnType = type,
        IsNullable = nullable,
        OldColumn = new AddColumnOperation { ColumnType = oldType, IsNullable = oldNullable },
    };
}
