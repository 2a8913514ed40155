using Microsoft.EntityFrameworkCore.Migrations.Operations;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>What undoing migrations would lose, on operations as EF Core makes them and on SQL by hand.</summary>
public sealed class JudgingAWayBack(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DROP TABLE s.empty, s.people", "s.people")]
    [InlineData("DROP TABLE IF EXISTS s.people CASCADE", "s.people")]
    [InlineData("TRUNCATE s.empty, ONLY s.people", "s.people")]
    [InlineData("DELETE FROM ONLY s.people WHERE name = 'x; y'", "s.people")]
    [InlineData("UPDATE s.people AS p SET name = upper(name), nick = nick FROM s.empty", "s.people")]
    [InlineData("UPDATE s.people SET nick = nick, (name) = (SELECT 'x')", "s.people")]
    [InlineData("ALTER TABLE s.people ADD nothing int, DROP name", "s.people")]
    [InlineData("ALTER TABLE s.people ALTER COLUMN name SET DATA TYPE varchar(3)", "s.people")]
    [InlineData("DO $do$ BEGIN DELETE FROM s.people; END $do$", "s.people")]
    [InlineData("DO $do$ BEGIN EXECUTE 'DROP TABLE s.' || 'people'; END $do$", "s.people")]
    [InlineData("DROP SCHEMA s CASCADE", "s.people")]
    [InlineData("DROP TYPE s.mood CASCADE", "s.people")]
    [InlineData("DROP TABLE s.people_as_it_was_called", "s.people_as_it_was_called")]
    public async Task Finds_what_a_statement_takes(string sql, string table) => Assert.Equal([table], await FindAsync(new SqlOperation { Sql = sql }));

    [Theory]
    [InlineData("DROP TABLE s.empty")]
    [InlineData("UPDATE s.people SET name = name")]
    [InlineData("UPDATE s.people SET nick = 'none'")]
    [InlineData("ALTER TABLE s.people DROP CONSTRAINT people_pkey, ALTER COLUMN name DROP NOT NULL, DROP COLUMN nick")]
    [InlineData("-- DROP TABLE s.people\nDROP INDEX s.people_name")]
    [InlineData("CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN DELETE FROM s.people; END $f$")]
    [InlineData("CREATE TRIGGER t AFTER TRUNCATE ON s.people EXECUTE FUNCTION s.f()")]
    [InlineData("COMMENT ON TABLE s.people IS 'who will DROP TABLE s.people;'")]
    public async Task Finds_nothing_in_a_statement_that_takes_nothing(string sql) => Assert.Empty(await FindAsync(new SqlOperation { Sql = sql }));

    [Fact]
    public async Task Knows_a_table_that_was_renamed_since() => Assert.Equal(["s.people"], await FindAsync(
        new RenameTableOperation { Schema = "s", Name = "people", NewSchema = "s", NewName = "persons" },
        new DropTableOperation { Schema = "s", Name = "persons" }));

    [Fact]
    public async Task Knows_a_column_that_was_renamed_since() => Assert.Equal(["s.people"], await FindAsync(
        new RenameColumnOperation { Schema = "s", Table = "people", Name = "name", NewName = "title" },
        new DropColumnOperation { Schema = "s", Table = "people", Name = "title" }));

    [Fact]
    public async Task Knows_an_empty_column_that_was_renamed_since() => Assert.Empty(await FindAsync(
        new RenameColumnOperation { Schema = "s", Table = "people", Name = "nick", NewName = "alias" },
        new DropColumnOperation { Schema = "s", Table = "people", Name = "alias" }));

    [Fact]
    public async Task Takes_a_name_that_nothing_explains_for_lost() => Assert.Equal(
        ["s.people"], await FindAsync(new DropColumnOperation { Schema = "s", Table = "people", Name = "title" }));

    [Fact]
    public async Task Does_not_mind_what_the_way_back_has_made_itself() => Assert.Empty(await FindAsync(
        new AddColumnOperation { Schema = "s", Table = "people", Name = "title" },
        new SqlOperation { Sql = "UPDATE s.people SET title = name" },
        new DropColumnOperation { Schema = "s", Table = "people", Name = "title" },
        new CreateTableOperation { Schema = "s", Name = "copies" },
        new DropTableOperation { Schema = "s", Name = "copies" }));

    [Fact]
    public async Task Finds_all_of_a_schema_that_goes() => Assert.Equal(["s.people"], await FindAsync(new DropSchemaOperation { Name = "s" }));

    private async Task<SortedSet<string>> FindAsync(params MigrationOperation[] operations)
    {
        await using var connection = await app.OpenDatabaseAsync(await app.CreateDatabaseAsync());
        await connection.ExecuteAsync(
            """
            CREATE SCHEMA s;
            CREATE TABLE s.people (id int PRIMARY KEY, name text NOT NULL, nick text);
            CREATE TABLE s.empty (id int);
            INSERT INTO s.people VALUES (1, 'Ada')
            """);

        return await DataLoss.FindAsync(operations, "s", connection, Cancelled);
    }
}
