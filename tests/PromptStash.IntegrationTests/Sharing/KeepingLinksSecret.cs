using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>Whoever reads the database, the log or the traces cannot open a link; whoever holds one learns nothing else.</summary>
public sealed class KeepingLinksSecret(PromptStashApp app)
{
    private const string Password = "three quiet owls";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H1: Leaves neither token nor password in any table, in no spelling")]
    public async Task Leaves_neither_token_nor_password_in_any_table_in_no_spelling()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        var link = await UsedLinkAsync(ada, app.NewClient(api));
        await using var database = await app.OpenDatabaseAsync(name);

        var dump = new StringBuilder();
        foreach (var table in await database.ColumnAsync(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('identity', 'stashes', 'sharing') ORDER BY 1"))
        {
            using var rows = await database.BeginTextExportAsync($"COPY {table} TO STDOUT", Cancelled);
            dump.Append(await rows.ReadToEndAsync(Cancelled));
        }

        // What was written through the link shows that its use was dumped at all.
        Assert.Contains("A remark through the link", dump.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(SpellingsOf(link.Token), spelling => dump.ToString().Contains(spelling, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Password, dump.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "H1: Leaves the token in no line of the log and no tag of a trace")]
    public async Task Leaves_the_token_in_no_line_of_the_log_and_no_tag_of_a_trace()
    {
        var log = new LogRecorder();
        await using var api = await app.StartApiAsync(builder => builder.Logging.AddProvider(log).Services.AddSingleton<TimeProvider>(app.Time));
        var tags = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            // What the API itself would export; the client that asks it is the test's.
            ShouldListenTo = source => source.Name != "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => tags.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        using var ada = await app.SignInAsync(api);

        var link = await UsedLinkAsync(ada, app.NewClient(api));

        Assert.Contains(log.Lines, line => line.Contains("/shared/{token}", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(link.Token[3..], StringComparison.Ordinal));
        Assert.Contains(tags, tag => tag.Contains("/shared/{token}", StringComparison.Ordinal));
        Assert.DoesNotContain(tags, tag => tag.Contains(link.Token[3..], StringComparison.Ordinal));
    }

    [Fact(DisplayName = "H1: Names the token in no header of an answer")]
    public async Task Names_the_token_in_no_header_of_an_answer()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "headers.md", "x");
        var created = await ada.ShareAsync("file", file, "link");
        var token = (await created.ReadAsync(HttpStatusCode.Created)).GetProperty("token").GetString()!;
        using var anybody = app.NewClient();

        var opened = await anybody.GetAsync($"/api/v1/shared/{token}", Cancelled);

        Assert.NotNull(created.Headers.Location);
        Assert.DoesNotContain(token, $"{created.Headers}{created.Content.Headers}{opened.Headers}{opened.Content.Headers}", StringComparison.Ordinal);
    }

    [Fact(DisplayName = "H2: Sends the database one statement to find a link, which the unique index answers")]
    public async Task Sends_the_database_one_statement_to_find_a_link_which_the_unique_index_answers()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var (commands, _) = await OpenRecordedAsync(name);
        var lookup = Assert.Single(commands, command => command.Text.Contains("FROM sharing.file_shares", StringComparison.Ordinal));

        // With as many links as there may be one day, since of a handful the planner takes any index.
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync(
            """
            INSERT INTO sharing.file_shares (id, target_type, target_id, permission, share_token, expires_at, created_by, created_at, access_count, redact, accepted_findings)
            SELECT gen_random_uuid(), 'STASH', gen_random_uuid(), 'VIEW', sha256(n::text::bytea), $1::timestamptz + make_interval(hours => n % 2000), gen_random_uuid(), $1, 0, false, '{}'
            FROM generate_series(1, 10000) AS n
            """, app.Time.GetUtcNow());
        await database.ExecuteAsync("ANALYZE sharing.file_shares");
        await using var explain = new NpgsqlCommand($"EXPLAIN {lookup.Text}", database);
        foreach (var (parameter, value) in lookup.Parameters)
        {
            explain.Parameters.AddWithValue(parameter, value!);
        }

        var plan = new StringBuilder();
        await using var reader = await explain.ExecuteReaderAsync(Cancelled);
        while (await reader.ReadAsync(Cancelled))
        {
            plan.AppendLine(reader.GetString(0));
        }

        Assert.True(plan.ToString().Contains("Index Scan using ix_file_shares_share_token", StringComparison.Ordinal), plan.ToString());
    }

    [Fact(DisplayName = "H26: Compares hashes only, in which no part of the token is left that could be found piece by piece")]
    public async Task Compares_hashes_only_in_which_no_part_of_the_token_is_left()
    {
        var (commands, link) = await OpenRecordedAsync();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(link.Token));
        var values = commands.SelectMany(command => command.Parameters).Select(parameter => parameter.Value).ToList();

        Assert.Contains(values.OfType<byte[]>(), value => value.AsSpan().SequenceEqual(hash));
        Assert.DoesNotContain(values.OfType<string>(), value => value.Contains(link.Token[3..11], StringComparison.Ordinal));
        Assert.DoesNotContain(commands, command => command.Text.Contains(link.Token[3..11], StringComparison.Ordinal));
    }

    [Theory(DisplayName = "H20: Has the headers of something that is nobody's business on every route")]
    [InlineData("")]
    [InlineData("/files/a.md")]
    [InlineData("/raw?path=a.md")]
    [InlineData("/preview?path=a.md")]
    [InlineData("/export")]
    [InlineData("/comments?path=a.md")]
    [InlineData("/files/nothing.md")]
    public async Task Has_the_headers_of_something_that_is_nobodys_business_on_every_route(string part)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Headers");
        await ada.CreateFileAsync(stash, "a.md", "x");
        var link = await ada.LinkAsync("stash", stash, "COMMENT");
        using var anybody = app.NewClient();

        var headers = (await anybody.GetAsync(link.Path + part, Cancelled)).Headers;

        Assert.Equal(
            ("no-store, private", "no-referrer", "noindex, nofollow", "nosniff", true),
            (string.Join(", ", headers.CacheControl!.ToString().Split(", ").Order(StringComparer.Ordinal)), Only("Referrer-Policy"), Only("X-Robots-Tag"), Only("X-Content-Type-Options"),
                Only("Content-Security-Policy").EndsWith("; sandbox", StringComparison.Ordinal)));

        string Only(string name) => Assert.Single(headers.GetValues(name));
    }

    [Fact(DisplayName = "H13: Lets whoever it is shared with neither share further nor see with whom else")]
    public async Task Lets_whoever_it_is_shared_with_neither_share_further_nor_see_with_whom_else()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Shared");
        var file = await ada.CreateFileAsync(stash, "folder/a.md", "x");
        await ada.GrantAsync("stash", stash, new { user = await eve.UserIdAsync() }, "EDIT");
        var other = await ada.GrantAsync("stash", stash, new { email = "friend@example.com" });

        HttpResponseMessage[] responses =
        [
            await eve.ShareAsync("file", file, "link"),
            await eve.ShareAsync("folder", await ada.FolderIdAsync(stash, "folder"), "link"),
            await eve.ShareAsync("stash", stash, new { email = "friend@example.com" }),
            await eve.GetAsync($"/api/v1/shares?target={stash}", Cancelled),
            await eve.GetAsync($"/api/v1/shares/{other}", Cancelled),
            await eve.GetAsync($"/api/v1/shares/{other}/accesses", Cancelled),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.Empty((await eve.GetFromJsonAsync<JsonElement>("/api/v1/shares/mine", Cancelled)).GetProperty("items").EnumerateArray());
    }

    private async Task<(IReadOnlyCollection<RecordedCommand> Commands, Link Link)> OpenRecordedAsync(string? database = null)
    {
        var recorder = new CommandRecorder();
        await using var api = await app.StartApiAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(app.Time).AddSingleton<DbCommandInterceptor>(recorder),
            ("ConnectionStrings:promptstash", database is null ? app.PooledConnection : app.PgBouncer.ConnectionString(database)));
        using var ada = await app.SignInAsync(api);
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "recorded.md", "x"));
        using var anybody = app.NewClient(api);

        var before = recorder.Commands.Count;
        await (await anybody.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);

        return ([.. recorder.Commands.Skip(before).Where(command => command.Text.StartsWith("/* OpenLink */", StringComparison.Ordinal))], link);
    }

    /// <summary>A link that was opened, unlocked, mistyped and written through.</summary>
    private static async Task<Link> UsedLinkAsync(HttpClient owner, HttpClient holder)
    {
        var link = await owner.LinkAsync(
            "file", await owner.CreateFileAsync(await owner.DefaultStashAsync(), "used.md", "x"), "COMMENT", new { password = Password });
        using (holder)
        {
            await holder.GetAsync(link.Path, Cancelled);
            await holder.UnlockAsync(link, "not the password");
            await holder.UnlockAsync(link, Password);
            await holder.GetAsync(link.Path, Cancelled);
            await holder.GetAsync($"{link.Path}/raw", Cancelled);
            await holder.GetAsync($"{link.Path}/preview", Cancelled);
            await holder.GetAsync($"{link.Path}x", Cancelled);
            await holder.GetAsync($"{link.Path}/nowhere", Cancelled);
            await holder.PostAsJsonAsync($"{link.Path}/comments", new { name = "Grace", body = "A remark through the link" }, Cancelled);
            await holder.SuggestAsync(link, 1, "y");
            await owner.DeleteAsync($"/api/v1/shares/{link.Share}", Cancelled);
            await holder.GetAsync(link.Path, Cancelled);
        }

        return link;
    }

    private static IEnumerable<string> SpellingsOf(string token)
    {
        var secret = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(token[3..]);

        return [token[3..], Convert.ToHexStringLower(secret), Convert.ToBase64String(secret), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(token[3..]))];
    }
}
