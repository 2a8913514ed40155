using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class ListingManySharedThings(PromptStashApp app)
{
    /// <summary>Of fewer than three hits a search also looks for misspelt names.</summary>
    private const int Few = 4;

    private const int Many = 50;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_as_many_queries_for_fifty_things_as_for_four()
    {
        var recorder = new CommandRecorder();
        await using var api = await app.StartApiAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(app.Time).AddSingleton<DbCommandInterceptor>(recorder));
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var stash = await ada.CreateStashAsync("Many");
        (string Operation, string Path, string Items)[] lists =
        [
            ("ListSharedWithMe", "shared-with-me?limit=100", "items"),
            ("SearchFiles", "search?q=walrus&limit=100", "items"),
            ("SearchStash", $"stashes/{stash}/search?q=walrus&limit=100", "items"),
            ("ListFiles", $"stashes/{stash}/files?limit=100", "items"),
            ("GetStashTree", $"stashes/{stash}/tree", "files"),
        ];

        await GiveAsync(ada, bob, stash, 0, Few);
        var few = await CountAsync(Few);
        await GiveAsync(ada, bob, stash, Few, Many);
        var many = await CountAsync(Many);

        Assert.Equal(few, many);

        async Task<List<string>> CountAsync(int expected)
        {
            var counts = new List<string>();
            foreach (var (operation, path, items) in lists)
            {
                var before = recorder.Commands.Count;
                var answer = await bob.GetFromJsonAsync<JsonElement>($"/api/v1/{path}", Cancelled);
                var queries = recorder.Commands.Skip(before).Count(command => command.Text.StartsWith($"/* {operation} */", StringComparison.Ordinal));
                Assert.Equal((operation, expected), (operation, answer.GetProperty(items).GetArrayLength()));
                Assert.InRange(queries, 1, 20);
                counts.Add($"{operation}: {queries.ToString(CultureInfo.InvariantCulture)}");
            }

            return counts;
        }
    }

    [Fact]
    public async Task Of_which_nothing_is_ones_own_or_shared_reads_not_one_of_them()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var recorder = new CommandRecorder();
        await using var api = await app.StartApiAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(app.Time).AddSingleton<DbCommandInterceptor>(recorder),
            ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        using var eve = await app.SignInAsync(api);
        var stash = await ada.CreateStashAsync("Large");
        await (await ada.ImportAsync(stash, StashClient.Zip([.. Enumerable.Range(0, 300).Select(number => ($"file{number}.md", "x"))]))).ReadAsync(HttpStatusCode.OK);
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("ANALYZE stashes.files");

        var response = await eve.GetAsync($"/api/v1/stashes/{stash}/files", Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var list = recorder.Commands.First(
            command => command.Text.StartsWith("/* ListFiles */", StringComparison.Ordinal) && command.Text.Contains("FROM stashes.files", StringComparison.Ordinal));
        await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, TIMING OFF) {list.Text}", database);
        foreach (var (parameter, value) in list.Parameters)
        {
            explain.Parameters.AddWithValue(parameter, value!);
        }

        var scans = new List<string>();
        await using var reader = await explain.ExecuteReaderAsync(Cancelled);
        while (await reader.ReadAsync(Cancelled))
        {
            if (reader.GetString(0) is var line && line.Contains(" on files ", StringComparison.Ordinal))
            {
                scans.Add(line);
            }
        }

        Assert.NotEmpty(scans);
        Assert.All(scans, scan => Assert.Matches(@"actual rows=0(\.00)? |never executed", scan));
    }

    /// <summary>Every other one by itself, and the rest by the folders that they are in.</summary>
    private static async Task GiveAsync(HttpClient owner, HttpClient reader, Guid stash, int from, int to)
    {
        var recipient = await reader.AsRecipientAsync();
        for (var number = from; number < to; number++)
        {
            var file = await owner.CreateFileAsync(stash, $"part{number}/file{number}.md", "walrus");
            await (number % 2 == 0
                ? owner.GrantAsync("file", file, recipient, "COMMENT")
                : owner.GrantAsync("folder", await owner.FolderIdAsync(stash, $"part{number}"), recipient, "COMMENT"));
        }
    }
}
