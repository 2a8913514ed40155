using System.Text;
using Microsoft.AspNetCore.Builder;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Database;

/// <summary>
/// Of what PostgreSQL has no idea of: a database that was never analysed, as everybody's first import finds it, and a new stash beside others that
/// the statistics are about. The planner expects next to nothing then, and would rather compare everything with everything. What is counted are
/// the rows that went through the nodes of all plans.
/// </summary>
public sealed class LookingThingsUp(PromptStashApp app)
{
    private const int Files = 1_000;

    /// <summary>Rows for each file, with a folder of its own. To compare each with all others would be a thousand.</summary>
    private const int Few = 200;

    private static readonly string[] Tags = ["review"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_an_import_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);

        await house.TakesFewRowsAsync(() => house.ImportAsync("a"));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_an_import_of_what_is_there_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");

        await house.TakesFewRowsAsync(() => house.ImportAsync("a"));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_commit_takes_few_rows_for_each_change(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        var changes = Enumerable.Range(0, Files).Select(number => new { op = "put", path = House.PathOf("a", number), content = $"Changed {number}" });

        await house.TakesFewRowsAsync(() => house.CommitAsync(changes));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_commit_that_moves_a_folder_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");

        await house.TakesFewRowsAsync(() => house.CommitAsync([new { op = "move", path = "a", to = "b" }]));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_folder_that_moves_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        var folder = await house.FolderAsync("a");

        await house.TakesFewRowsAsync(async () => await (await house.Client.PatchAsync($"folders/{folder}", new { name = "longer" })).ReadAsync(HttpStatusCode.OK));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_folder_that_is_copied_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        var folder = await house.FolderAsync("a");

        await house.TakesFewRowsAsync(async () =>
            await (await house.Client.PostAsync($"folders/{folder}/copy", new { name = "b" })).ReadAsync(HttpStatusCode.Created));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_stash_that_is_copied_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");

        await house.TakesFewRowsAsync(async () =>
            await (await house.Client.PostAsync($"stashes/{house.Stash}/copy", new { name = "Copy" })).ReadAsync(HttpStatusCode.Created));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_folder_that_goes_into_the_trash_and_comes_back_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        var folder = await house.FolderAsync("a");

        await house.TakesFewRowsAsync(async () =>
        {
            await house.Client.RemoveAsync($"folders/{folder}");
            await house.Client.RestoreAsync(folder);
        });
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_a_folder_that_is_purged_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        await house.ImportAsync("b");
        var folder = await house.FolderAsync("a");
        await house.Client.RemoveAsync($"folders/{folder}");

        await house.TakesFewRowsAsync(() => house.Client.RemoveAsync($"trash/{folder}"));
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_an_export_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");

        await house.TakesFewRowsAsync(async () => (await house.Client.GetAsync($"/api/v1/stashes/{house.Stash}/export?history=true", Cancelled)).EnsureSuccessStatusCode());
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_many_files_that_are_tagged_and_thrown_away_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        var tree = await house.Client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{house.Stash}/tree", Cancelled);
        var fileIds = tree.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("id").GetGuid()).ToList();

        await house.TakesFewRowsAsync(async () =>
        {
            await house.BulkAsync(new { action = "TAG", fileIds, tags = Tags });
            await house.BulkAsync(new { action = "DELETE", fileIds });
        });
    }

    [Theory]
    [InlineData(Statistics.None, "tree")]
    [InlineData(Statistics.OfOthers, "tree")]
    [InlineData(Statistics.OfOthers, "files?limit=100")]
    [InlineData(Statistics.OfOthers, "findings?limit=100")]
    [InlineData(Statistics.OfOthers, "readiness")]
    [InlineData(Statistics.OfOthers, "search?q=agents")]
    public async Task Of_a_stash_that_is_looked_at_takes_few_rows_for_each_file(Statistics statistics, string what)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");

        await house.TakesFewRowsAsync(async () => (await house.Client.GetAsync($"/api/v1/stashes/{house.Stash}/{what}", Cancelled)).EnsureSuccessStatusCode());
    }

    [Theory]
    [InlineData(Statistics.None)]
    [InlineData(Statistics.OfOthers)]
    public async Task Of_what_a_friend_sees_of_a_folder_takes_few_rows_for_each_file(Statistics statistics)
    {
        await using var house = await House.OpenAsync(app, statistics);
        await house.ImportAsync("a");
        using var friend = await house.GiveAsync(await house.FolderAsync("a"));

        await house.TakesFewRowsAsync(async () => (await friend.GetAsync($"/api/v1/stashes/{house.Stash}/tree", Cancelled)).EnsureSuccessStatusCode());
    }

    public enum Statistics
    {
        None,
        OfOthers,
    }

    /// <summary>An API on a database of its own, where PostgreSQL tells the plan of every statement in its log.</summary>
    private sealed class House : IAsyncDisposable
    {
        private readonly PromptStashApp _app;
        private readonly string _database;
        private readonly WebApplication _api;

        private House(PromptStashApp app, string database, WebApplication api, HttpClient client, Guid stash)
        {
            (_app, _database, _api, Client, Stash) = (app, database, api, client, stash);
        }

        public HttpClient Client { get; }

        public Guid Stash { get; }

        public static async Task<House> OpenAsync(PromptStashApp app, Statistics statistics)
        {
            var name = await app.CreateMigratedDatabaseAsync();
            await using var database = await app.OpenDatabaseAsync(name);
            foreach (var table in await database.ColumnAsync("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'stashes'"))
            {
                await database.ExecuteAsync($"ALTER TABLE {table} SET (autovacuum_enabled = false)");
            }

            await database.ExecuteAsync(
                $"""
                ALTER DATABASE {name} SET session_preload_libraries = 'auto_explain';
                ALTER DATABASE {name} SET auto_explain.log_min_duration = 0;
                ALTER DATABASE {name} SET auto_explain.log_analyze = on;
                ALTER DATABASE {name} SET auto_explain.log_timing = off;
                ALTER DATABASE {name} SET auto_explain.log_nested_statements = on;
                ALTER DATABASE {name} SET auto_explain.log_format = 'json';
                """);
            var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.Postgres.ConnectionString(name)));
            if (statistics == Statistics.OfOthers)
            {
                using var other = await app.SignInAsync(api);
                await new House(app, name, api, other, await other.DefaultStashAsync()).ImportAsync("a");
                await database.ExecuteAsync("ANALYZE");
            }

            var client = await app.SignInAsync(api);

            return new House(app, name, api, client, await client.DefaultStashAsync());
        }

        public static string PathOf(string root, int number) => $"{root}/team-{number / 10}/agent-{number}/AGENTS.md";

        public async Task ImportAsync(string root) =>
            await (await Client.ImportAsync(Stash, StashClient.Zip(
                [.. Enumerable.Range(0, Files).Select(number => (PathOf(root, number), Encoding.UTF8.GetBytes($"{root} {number}")))]))).ReadAsync(HttpStatusCode.OK);

        public async Task CommitAsync(IEnumerable<object> changes) =>
            await (await Client.PostAsync($"stashes/{Stash}/commits", new { message = "All", changes })).ReadAsync(HttpStatusCode.OK);

        public async Task BulkAsync(object request) =>
            await (await Client.PostAsync($"stashes/{Stash}/files/bulk", request)).ReadAsync(HttpStatusCode.OK);

        public async Task<HttpClient> GiveAsync(Guid folder)
        {
            var friend = await _app.SignInAsync(_api);
            await using var database = await _app.OpenDatabaseAsync(_database);
            await database.ExecuteAsync("UPDATE identity.users SET email_verified = true");
            await Client.GrantAsync("folder", folder, new { email = await friend.EmailAsync() });

            return friend;
        }

        public Task<Guid> FolderAsync(string path) => Client.FolderIdAsync(Stash, path);

        public async Task TakesFewRowsAsync(Func<Task> change)
        {
            var log = new FileInfo(_app.Postgres.LogFile);
            var start = log.Length;
            await change();

            var plans = await ReadPlansAsync(start);
            Assert.NotEmpty(plans);
            var rows = plans.Sum(RowsOfPlan) / Files;
            Assert.True(rows <= Few, $"{rows:0} rows for each file, most of them here: {plans.MaxBy(RowsOfPlan)}");
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _api.DisposeAsync();
        }

        /// <summary>A plan follows the line that says so, each of its lines behind a tab. It is in the log before its statement's answer is sent.</summary>
        private async Task<List<JsonElement>> ReadPlansAsync(long start)
        {
            await using var log = new FileStream(_app.Postgres.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            log.Seek(start, SeekOrigin.Begin);
            using var reader = new StreamReader(log);
            var plans = new List<JsonElement>();
            StringBuilder? plan = null;
            for (var line = await reader.ReadLineAsync(Cancelled); ; line = await reader.ReadLineAsync(Cancelled))
            {
                if (line is ['\t', ..])
                {
                    plan?.AppendLine(line);
                    continue;
                }

                if (plan is not null)
                {
                    plans.Add(JsonElement.Parse(plan.ToString()));
                }

                if (line is null)
                {
                    return plans;
                }

                plan = line.EndsWith("  plan:", StringComparison.Ordinal) ? new StringBuilder() : null;
            }
        }

        private static double RowsOfPlan(JsonElement plan) => RowsOf(plan.GetProperty("Plan"));

        /// <summary>PostgreSQL tells the rows of one loop, on average.</summary>
        private static double RowsOf(JsonElement node)
        {
            var rows = node.EnumerateObject()
                .Where(property => property.Name == "Actual Rows" || property.Name.StartsWith("Rows Removed by ", StringComparison.Ordinal))
                .Sum(property => property.Value.GetDouble());
            var own = rows * node.GetProperty("Actual Loops").GetDouble();

            return node.TryGetProperty("Plans", out var children) ? own + children.EnumerateArray().Sum(RowsOf) : own;
        }
    }
}
