using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace PromptStash.IntegrationTests.Database;

/// <summary>
/// In a database that was never analysed, as everybody's first import finds it: the planner expects next to nothing in the tables and would
/// rather compare everything with everything. What is counted are the rows that PostgreSQL read.
/// </summary>
public sealed class LookingThingsUp(PromptStashApp app)
{
    private const int Files = 1_000;

    /// <summary>Rows read, for each file. The most is read for a purge, some thirty; to compare each file with all others would be hundreds.</summary>
    private const int Few = 60;

    private static readonly string[] Tables = ["files", "folders", "file_versions", "contents", "file_labels", "file_tags"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_an_import_reads_few_rows_for_each_file()
    {
        await using var house = await House.OpenAsync(app);

        await house.ReadsFewAsync(() => house.ImportAsync("a"));
    }

    [Fact]
    public async Task Of_an_import_of_what_is_there_reads_few_rows_for_each_file()
    {
        await using var house = await House.OpenAsync(app);
        await house.ImportAsync("a");

        await house.ReadsFewAsync(() => house.ImportAsync("a"));
    }

    [Fact]
    public async Task Of_a_commit_reads_few_rows_for_each_change()
    {
        await using var house = await House.OpenAsync(app);
        await house.ImportAsync("a");
        var changes = Enumerable.Range(0, Files).Select(number => new { op = "put", path = House.PathOf("a", number), content = $"Changed {number}" });

        await house.ReadsFewAsync(async () =>
            await (await house.Client.PostAsJsonAsync($"/api/v1/stashes/{house.Stash}/commits", new { message = "All", changes }, Cancelled)).ReadAsync(HttpStatusCode.OK));
    }

    [Fact]
    public async Task Of_a_folder_that_moves_reads_few_rows_for_each_file()
    {
        await using var house = await House.OpenAsync(app);
        await house.ImportAsync("a");
        var folder = await house.FolderAsync("a");

        await house.ReadsFewAsync(async () => await (await house.Client.PatchAsJsonAsync($"/api/v1/folders/{folder}", new { name = "b" }, Cancelled)).ReadAsync(HttpStatusCode.OK));
    }

    [Fact]
    public async Task Of_a_stash_that_is_copied_reads_few_rows_for_each_file()
    {
        await using var house = await House.OpenAsync(app);
        await house.ImportAsync("a");

        await house.ReadsFewAsync(async () =>
            await (await house.Client.PostAsJsonAsync($"/api/v1/stashes/{house.Stash}/copy", new { name = "Copy" }, Cancelled)).ReadAsync(HttpStatusCode.Created));
    }

    [Fact]
    public async Task Of_a_folder_that_is_purged_reads_few_rows_for_each_file()
    {
        await using var house = await House.OpenAsync(app);
        await house.ImportAsync("a");
        await house.ImportAsync("b");
        var folder = await house.FolderAsync("a");
        (await house.Client.DeleteAsync($"/api/v1/folders/{folder}", Cancelled)).EnsureSuccessStatusCode();

        await house.ReadsFewAsync(async () => (await house.Client.DeleteAsync($"/api/v1/trash/{folder}", Cancelled)).EnsureSuccessStatusCode());
    }

    /// <summary>An API on a database of its own that nobody analyses. Its connections end after use, for PostgreSQL adds up what was read when they do.</summary>
    private sealed class House : IAsyncDisposable
    {
        private readonly WebApplication _api;
        private readonly NpgsqlConnection _database;

        private House(WebApplication api, NpgsqlConnection database, HttpClient client, Guid stash)
        {
            _api = api;
            _database = database;
            Client = client;
            Stash = stash;
        }

        public HttpClient Client { get; }

        public Guid Stash { get; }

        public static async Task<House> OpenAsync(PromptStashApp app)
        {
            var name = await app.CreateMigratedDatabaseAsync();
            var database = await app.OpenDatabaseAsync(name);
            foreach (var table in Tables)
            {
                await database.ExecuteAsync($"ALTER TABLE stashes.{table} SET (autovacuum_enabled = false)");
            }

            var api = await app.StartApiAsync(
                ("ConnectionStrings:promptstash", new NpgsqlConnectionStringBuilder(app.Postgres.ConnectionString(name)) { Pooling = false }.ConnectionString));
            var client = await app.SignInAsync(api);

            return new House(api, database, client, await client.DefaultStashAsync());
        }

        public static string PathOf(string root, int number) => $"{root}/team-{number / 10}/agent-{number}.md";

        public async Task ImportAsync(string root) =>
            await (await Client.ImportAsync(Stash, StashClient.Zip(
                [.. Enumerable.Range(0, Files).Select(number => (PathOf(root, number), Encoding.UTF8.GetBytes($"{root} {number}")))]))).ReadAsync(HttpStatusCode.OK);

        public async Task<Guid> FolderAsync(string path)
        {
            var tree = await Client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{Stash}/tree", Cancelled);

            return tree.GetProperty("folders").EnumerateArray().Single(folder => folder.GetProperty("path").GetString() == path).GetProperty("id").GetGuid();
        }

        public async Task ReadsFewAsync(Func<Task> change)
        {
            var before = await RowsReadAsync();
            await change();
            var after = await RowsReadAsync();

            Assert.All(after, table => Assert.InRange((table.Rows - before.Single(then => then.Table == table.Table).Rows) / Files, 0, Few));
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _api.DisposeAsync();
            await _database.DisposeAsync();
        }

        /// <summary>The rows that were read of each table since it was made. A connection tells when it ends.</summary>
        private async Task<List<(string Table, long Rows)>> RowsReadAsync()
        {
            await Eventually.TrueAsync(
                async () => !await _database.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid())"),
                "no connection to the database is open");
            var rows = await _database.ColumnAsync(
                "SELECT relname || ' ' || (seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables WHERE schemaname = 'stashes' AND relname = ANY ($1) ORDER BY relname", [Tables]);

            return rows.ConvertAll(row => (row.Split(' ')[0], long.Parse(row.Split(' ')[1], CultureInfo.InvariantCulture)));
        }
    }
}
