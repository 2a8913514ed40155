using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptStash.Identity.Contracts;

namespace PromptStash.IntegrationTests.Stashes;

/// <summary>Somebody takes everything away and deletes the account.</summary>
public sealed class LeavingPromptStash(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_every_version_of_every_file_along_also_from_the_trash()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var kept = await ada.CreateFileAsync(stash, "kept.md", "first");
        await (await ada.PutContentAsync(kept, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        var trashed = await ada.CreateFileAsync(stash, "trashed.md", "thrown away");
        (await ada.DeleteAsync($"/api/v1/files/{trashed}", Cancelled)).EnsureSuccessStatusCode();

        var export = StashClient.Unzip(await ada.GetByteArrayAsync("/api/v1/account/export", Cancelled));

        Assert.Equal("first"u8, export[$"stashes/versions/{kept}/v1.txt"]);
        Assert.Equal("second"u8, export[$"stashes/versions/{kept}/v2.txt"]);
        Assert.Equal("thrown away"u8, export[$"stashes/versions/{trashed}/v1.txt"]);
    }

    [Fact]
    public async Task Takes_along_what_was_said_of_the_files()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "first");
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content") { Content = JsonContent.Create(new { content = "second", message = "Say it again" }) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        await (await ada.SendAsync(request, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await ada.PostAsJsonAsync("/api/v1/tags", new { name = "review", color = "#1E88E5" }, Cancelled)).ReadAsync(HttpStatusCode.Created);

        var export = StashClient.Unzip(await ada.GetByteArrayAsync("/api/v1/account/export", Cancelled));

        var exported = JsonSerializer.Deserialize<JsonElement>(export["stashes/stashes.json"])[0].GetProperty("files")[0];
        var versions = exported.GetProperty("versions").EnumerateArray().ToList();
        Assert.Equal(["stable 1"], exported.GetProperty("labels").EnumerateArray().Select(label => $"{label.Text("name")} {label.GetProperty("version")}"));
        Assert.Equal([null, "Say it again"], versions.Select(version => version.GetProperty("message").GetString()));
        Assert.Equal([await UserIdAsync(ada)], versions.Select(version => version.GetProperty("createdBy").GetGuid()).Distinct());
        Assert.Equal("#1E88E5", JsonSerializer.Deserialize<JsonElement>(export["stashes/tags.json"])[0].Text("color"));
    }

    [Fact]
    public async Task Takes_nothing_of_another_user_along()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "secret.md", "Ada's own words");

        var export = StashClient.Unzip(await eve.GetByteArrayAsync("/api/v1/account/export", Cancelled));

        Assert.DoesNotContain(export, entry => entry.Key.Contains($"{file}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_broken_off_when_a_version_is_purged_before_it_is_read()
    {
        using var ada = await app.SignInAsync();
        var user = await UserIdAsync(ada);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "first");
        await (await ada.PutContentAsync(file, "\"v1\"", "second")).ReadAsync(HttpStatusCode.OK);
        await ada.RemoveAsync($"files/{file}");
        await using var scope = app.Api.Services.CreateAsyncScope();
        var exporter = scope.ServiceProvider.GetServices<IAccountExporter>().Single(one => one.GetType().Name == "StashesExporter");
        var archive = new Archive(async path =>
        {
            if (path.EndsWith("/v1.txt", StringComparison.Ordinal))
            {
                await ada.RemoveAsync($"trash/{file}");
            }
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => exporter.ExportAsync(user, archive, Cancelled));
    }

    [Fact]
    public async Task Leaves_no_row_of_the_stashes_behind()
    {
        using var ada = await app.SignInAsync();
        var user = await UserIdAsync(ada);
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a/b.md", "x");

        await DeleteAccountAsync(ada);

        await Eventually.TrueAsync(
            async () => await CountAsync(
                """
                SELECT (SELECT count(*) FROM stashes.stashes WHERE user_id = $1)
                     + (SELECT count(*) FROM stashes.folders WHERE stash_id = $2)
                     + (SELECT count(*) FROM stashes.file_versions WHERE file_id = $3)
                     + (SELECT count(*) FROM stashes.contents WHERE owner_id = $1)
                     + (SELECT count(*) FROM stashes.usage_changes WHERE owner_id = $1)
                     + (SELECT count(*) FROM stashes.text_changes WHERE owner_id = $1)
                     + (SELECT count(*) FROM stashes.default_stashes WHERE user_id = $1)
                     + (SELECT count(*) FROM stashes.idempotency_keys WHERE user_id = $1)
                """, user, stash, file) == 0,
            "the stashes of the deleted user are gone");
    }

    [Fact(DisplayName = "H18: Ends what was shared and removes what was granted")]
    public async Task Ends_what_was_shared_and_removes_what_was_granted()
    {
        using var ada = await app.SignInAsync();
        var user = await UserIdAsync(ada);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "shared.md", "x");
        await using (var database = await app.OpenDatabaseAsync())
        {
            await using var share = new NpgsqlCommand(
                """
                INSERT INTO sharing.file_shares (id, target_type, target_id, file_id, shared_with, permission, created_by, created_at, access_count)
                VALUES (gen_random_uuid(), 'FILE', $1, $1, 'friend@example.com', 'VIEW', $2, now(), 0),
                       (gen_random_uuid(), 'STASH', gen_random_uuid(), NULL, $3, 'EDIT', gen_random_uuid(), now(), 0)
                """, database) { Parameters = { new() { Value = file }, new() { Value = user }, new() { Value = user.ToString() } } };
            await share.ExecuteNonQueryAsync(Cancelled);
        }

        await DeleteAccountAsync(ada);

        await Eventually.TrueAsync(
            async () => await CountAsync("SELECT count(*) FROM sharing.file_shares WHERE created_by = $1 OR shared_with = $1::text", user) == 0,
            "the shares of and with the deleted user are gone");
    }

    private static async Task<Guid> UserIdAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").GetProperty("id").GetGuid();

    private static async Task DeleteAccountAsync(HttpClient client) =>
        await (await client.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).ReadAsync(HttpStatusCode.OK);

    /// <summary>Keeps nothing, and tells of each file before it is begun.</summary>
    private sealed class Archive(Func<string, Task> begin) : IAccountArchive
    {
        public async Task<Stream> AddFileAsync(string path, CancellationToken cancellationToken)
        {
            await begin(path);

            return new MemoryStream();
        }
    }

    private async Task<long> CountAsync(string sql, params Guid[] ids)
    {
        await using var database = await app.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(sql, database);
        foreach (var id in ids)
        {
            command.Parameters.Add(new() { Value = id });
        }

        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }
}
