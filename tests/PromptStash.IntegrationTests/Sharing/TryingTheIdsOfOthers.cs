using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>H15: somebody who was given nothing has every id of somebody else.</summary>
public sealed class TryingTheIdsOfOthers(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H15: On every route finds nothing and changes nothing")]
    public async Task On_every_route_finds_nothing_and_changes_nothing()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        using var eve = await app.SignInAsync(api);
        await eve.DefaultStashAsync();
        var hers = await MakeAsync(ada);
        var before = await HashAsync(name);

        var (expected, actual) = (new List<string>(), new List<string>());
        foreach (var route in MatrixRoute.AllThatName(api).Where(route => !route.Names("token") && !route.Names("provider")))
        {
            var row = MatrixRows.All.GetValueOrDefault(route.Name);
            using var request = route.Request(hers, row?.Body, row?.Query ?? "", row?.IfMatch);
            expected.Add($"{route.Name} 404");
            actual.Add($"{route.Name} {(int)(await eve.SendAsync(request, Cancelled)).StatusCode}");
        }

        Assert.True(actual.Count > 40, "Nothing was found.");
        Assert.Equal(expected, actual);
        Assert.Equal(before, await HashAsync(name));
    }

    [Fact(DisplayName = "H15: Inside requests about ones own things finds nothing and changes nothing")]
    public async Task Inside_requests_about_ones_own_things_finds_nothing_and_changes_nothing()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        using var eve = await app.SignInAsync(api);
        var hers = await MakeAsync(ada);
        var mine = await MakeAsync(eve);
        var before = await HashAsync(name);

        foreach (var (id, path, method, body) in Inside(name => mine[name], name => hers[name]))
        {
            using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Content = body is null ? null : JsonContent.Create(body) };
            var response = await eve.SendAsync(request, Cancelled);
            var answer = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True(
                response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict
                || answer is """{"items":[],"next":null}""" or """{"revoked":0}""",
                $"{id}: {(int)response.StatusCode} {answer}");
        }

        Assert.Equal(before, await HashAsync(name));
    }

    [Fact(DisplayName = "H15: Is tried with every id that a request can carry beside its address")]
    public void Is_tried_with_every_id_that_a_request_can_carry_beside_its_address()
    {
        var ids = MatrixRoute.Every(app.Api).SelectMany(route => route.IdsBesideTheAddress().Select(id => $"{route.Name} {id}"));
        var tried = Inside(_ => "", _ => "").Select(request => request.Id).Append("CreateLinkComment parentId").Append("CreateShare user");

        // Through a link it is tried below; and whom one shares with is somebody else, of course.
        Assert.Equal(ids.Order(StringComparer.Ordinal), tried.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "H15: Through a link answers no comment of somebody else")]
    public async Task Through_a_link_answers_no_comment_of_somebody_else()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var hers = await MakeAsync(ada);
        var file = await eve.CreateFileAsync(await eve.DefaultStashAsync(), "mine.md", "text");
        var link = await eve.LinkAsync("file", file, "COMMENT");

        await (await eve.PostAsJsonAsync($"{link.Path}/comments", new { name = "Eve", body = "x", parentId = hers["commentId"] }, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Single(await ada.AllPagesAsync($"files/{hers["fileId"]}/comments"));
        Assert.Empty(await eve.AllPagesAsync($"files/{file}/comments"));
    }

    /// <summary>Requests about ones own things with an id of somebody else's: where that stands, and the request.</summary>
    private static (string Id, string Path, HttpMethod Method, object? Body)[] Inside(Func<string, string> mine, Func<string, string> hers) =>
    [
        ("UpdateFile folderId", $"files/{mine("fileId")}", HttpMethod.Patch, new { folderId = hers("folderId") }),
        ("UpdateFolder parentId", $"folders/{mine("folderId")}", HttpMethod.Patch, new { parentId = hers("folderId") }),
        ("CopyFile stashId", $"files/{mine("fileId")}/copy", HttpMethod.Post, new { stashId = hers("stashId") }),
        ("CopyFile folderId", $"files/{mine("fileId")}/copy", HttpMethod.Post, new { folderId = hers("folderId") }),
        ("CopyFolder stashId", $"folders/{mine("folderId")}/copy", HttpMethod.Post, new { stashId = hers("stashId") }),
        ("CopyFolder parentId", $"folders/{mine("folderId")}/copy", HttpMethod.Post, new { parentId = hers("folderId") }),
        ("BulkFiles fileIds", $"stashes/{mine("stashId")}/files/bulk", HttpMethod.Post, new { action = "DELETE", fileIds = new[] { hers("fileId") } }),
        ("BulkFiles folderId", $"stashes/{mine("stashId")}/files/bulk", HttpMethod.Post, new { action = "MOVE", fileIds = new[] { mine("fileId") }, folderId = hers("folderId") }),
        ("ExportSelection fileIds", $"stashes/{mine("stashId")}/export", HttpMethod.Post, new { fileIds = new[] { hers("fileId") } }),
        ("ExportSelection folderIds", $"stashes/{mine("stashId")}/export", HttpMethod.Post, new { folderIds = new[] { hers("folderId") } }),
        ("ExportArchive folderId", $"stashes/{mine("stashId")}/export?folderId={hers("folderId")}", HttpMethod.Get, null),
        ("ListFiles folderId", $"stashes/{mine("stashId")}/files?folderId={hers("folderId")}", HttpMethod.Get, null),
        ("MergeTags into", $"tags/{mine("tagId")}/merge", HttpMethod.Post, new { into = hers("tagId") }),
        ("CreateComment parentId", $"files/{mine("fileId")}/comments", HttpMethod.Post, new { body = "x", parentId = hers("commentId") }),
        ("CreateShare id", "shares", HttpMethod.Post, new { target = new { type = "file", id = hers("fileId") }, with = "link", permission = "VIEW" }),
        ("CreateShare id", "shares", HttpMethod.Post, new { target = new { type = "folder", id = hers("folderId") }, with = "link", permission = "VIEW" }),
        ("CreateShare id", "shares", HttpMethod.Post, new { target = new { type = "stash", id = hers("stashId") }, with = "link", permission = "VIEW" }),
        ("ListShares target", $"shares?target={hers("fileId")}", HttpMethod.Get, null),
        ("RevokeShares target", $"shares?target={hers("stashId")}", HttpMethod.Delete, null),
    ];

    /// <summary>One of everything that has an id.</summary>
    private async Task<Dictionary<string, string>> MakeAsync(HttpClient owner)
    {
        var stash = await owner.CreateStashAsync("Mine");
        var file = await owner.CreateFileAsync(stash, "part/file.md", "text");
        var thrown = await owner.CreateFileAsync(stash, "thrown.md", "text");
        await owner.RemoveAsync($"files/{thrown}");
        await owner.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled);
        var token = await (await owner.PostAsJsonAsync(
            "/api/auth/api-tokens", new { name = "t", scopes = Scopes, expiresAt = app.Time.GetUtcNow().AddDays(30) }, Cancelled)).ReadAsync(HttpStatusCode.Created);

        return new Dictionary<string, string>
        {
            ["stashId"] = $"{stash}",
            ["fileId"] = $"{file}",
            ["folderId"] = $"{await owner.FolderIdAsync(stash, "part")}",
            ["trashId"] = $"{thrown}",
            ["version"] = "1",
            ["name"] = "stable",
            ["new"] = "new",
            ["commentId"] = (await (await owner.PostAsync($"files/{file}/comments", new { body = "Mine" })).ReadAsync(HttpStatusCode.Created)).Text("id"),
            ["suggestionId"] = $"{await owner.SuggestionAsync(file, 1, "another text")}",
            ["tagId"] = (await (await owner.PostAsync("tags", new { name = "one" })).ReadAsync(HttpStatusCode.Created)).Text("id"),
            ["otherTagId"] = (await (await owner.PostAsync("tags", new { name = "two" })).ReadAsync(HttpStatusCode.Created)).Text("id"),
            ["shareId"] = $"{(await owner.LinkAsync("stash", stash)).Share}",
            ["tokenId"] = token.GetProperty("apiToken").Text("id"),
        };
    }

    private static readonly string[] Scopes = ["stashes:read"];

    /// <summary>One hash over every row of every table but the audit, which notes tries, and of the outbox, once that is empty.</summary>
    private async Task<string> HashAsync(string name)
    {
        await using var database = await app.OpenDatabaseAsync(name);
        var tables = await database.ColumnAsync(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('identity', 'stashes', 'sharing') AND tablename <> 'audit_events' ORDER BY 1
            """);
        Assert.True(tables.Count > 20, "Nothing was found.");
        foreach (var outbox in tables.Where(table => table.EndsWith(".outbox_messages", StringComparison.Ordinal)))
        {
            await Eventually.TrueAsync(async () => await database.ScalarAsync<long>($"SELECT count(*) FROM {outbox}") == 0, $"{outbox} is delivered");
        }

        var hashes = new List<string>();
        foreach (var table in tables)
        {
            hashes.Add($"{table} {await database.ScalarAsync<string>($"SELECT coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM {table} t")}");
        }

        return string.Join('\n', hashes);
    }
}
