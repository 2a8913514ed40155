using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>Figures for a stash of ten thousand files. They depend on the machine, so nothing is asserted of them but that there are answers.</summary>
public sealed class MeasuringManyShares(PromptStashApp app)
{
    private const int Files = 10_000;
    private const int Grants = 500;
    private const int Comments = 2_000;
    private const int Rounds = 20;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Of_a_stash_of_ten_thousand_files_to_five_hundred_people()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var recorder = new CommandRecorder();
        await using var api = await app.StartApiAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(app.Time).AddSingleton<DbCommandInterceptor>(recorder),
            ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        using var whole = await app.SignInAsync(api);
        using var parts = await app.SignInAsync(api);
        var stash = await ada.CreateStashAsync("Large");
        for (var first = 0; first < Files; first += 1_000)
        {
            await (await ada.ImportAsync(stash, StashClient.Zip(
                [.. Enumerable.Range(first, 1_000).Select(number => ($"part{number / 100}/file{number}.md", $"# File {number}\n\nA prompt about {(number % 100 == 0 ? "a walrus" : "a seal")}.\n"))])))
                .ReadAsync(HttpStatusCode.OK);
        }

        await using var database = await app.OpenDatabaseAsync(name);
        var (owner, reader, now) = (await ada.UserIdAsync(), await parts.UserIdAsync(), app.Time.GetUtcNow());
        await ada.GrantAsync("stash", stash, await whole.AsRecipientAsync(), "COMMENT");
        await database.ExecuteAsync(
            $"""
            INSERT INTO sharing.file_shares (id, target_type, target_id, shared_with, permission, created_by, created_at, access_count, redact, accepted_findings)
            SELECT gen_random_uuid(), 'STASH', $1, 'person' || n || '@example.com', 'COMMENT', $2, $3, 0, false, ARRAY[]::text[] FROM generate_series(2, {Grants}) AS n
            """,
            stash, owner, now);
        await database.ExecuteAsync(
            $"""
            INSERT INTO sharing.file_shares (id, target_type, target_id, file_id, shared_with, permission, created_by, created_at, access_count, redact, accepted_findings)
            SELECT gen_random_uuid(), 'FILE', f.id, f.id, $2, 'COMMENT', $3, $4, 0, false, ARRAY[]::text[]
            FROM (SELECT id FROM stashes.files WHERE stash_id = $1 ORDER BY md5(path) LIMIT {Grants}) AS f
            """,
            stash, reader.ToString(), owner, now);
        await database.ExecuteAsync(
            $"""
            INSERT INTO sharing.comments (id, file_id, version, author_id, body, created_at, updated_at)
            SELECT gen_random_uuid(), f.id, 1, $2, 'Why?', $3, $3 FROM (SELECT id FROM stashes.files WHERE stash_id = $1 ORDER BY path LIMIT {Comments}) AS f
            """,
            stash, owner, now);
        await database.ExecuteAsync("ANALYZE");
        var file = await database.ScalarAsync<Guid>("SELECT target_id FROM sharing.file_shares WHERE shared_with = $1 LIMIT 1", reader.ToString());

        foreach (var (who, client) in ((string, HttpClient)[])[("owner", ada), ("one of 500 on the stash", whole), ("500 on files", parts)])
        {
            foreach (var path in (string[])
            [
                $"stashes/{stash}/files?limit=100", $"stashes/{stash}/tree", $"stashes/{stash}/search?q=walrus", $"stashes/{stash}/search?q=prompt&limit=100",
                "search?q=prompt&limit=100", "shared-with-me?limit=100", $"shares?target={stash}&limit=100", $"files/{file}",
            ])
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"{who,-24} {path.Replace($"{stash}", "{stash}", StringComparison.Ordinal).Replace($"{file}", "{file}", StringComparison.Ordinal),-40} {await MeasureAsync(client, path)}");
            }
        }

        async Task<string> MeasureAsync(HttpClient client, string path)
        {
            var (times, queries, bytes) = (new List<double>(), 0, 0);
            for (var round = -3; round < Rounds; round++)
            {
                var before = recorder.Commands.Count;
                var started = Stopwatch.GetTimestamp();
                using var response = await client.GetAsync($"/api/v1/{path}", Cancelled);
                bytes = (await response.Content.ReadAsByteArrayAsync(Cancelled)).Length;
                Assert.Equal(client != ada && path.StartsWith("shares?", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK, response.StatusCode);
                if (round >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }

                queries = recorder.Commands.Skip(before).Count(command => command.Text.StartsWith("/* ", StringComparison.Ordinal));
            }

            times.Sort();

            return string.Create(CultureInfo.InvariantCulture, $"{times[Rounds / 2],8:F1} ms (max {times[^1]:F1}), {queries} queries, {bytes / 1024} KiB");
        }
    }
}
