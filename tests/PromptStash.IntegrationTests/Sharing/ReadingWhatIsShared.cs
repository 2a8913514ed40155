using System.Net.Http.Headers;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class ReadingWhatIsShared(PromptStashApp app)
{
    private static readonly string[] Scopes = ["stashes:read"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("stash")]
    public async Task Works_for_a_file_that_is_shared_by_itself_or_with_what_it_is_in(string type)
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Deep");
        var file = await ada.CreateFileAsync(stash, "a/b/c/deep.md", "Hello");
        var target = type switch { "file" => file, "folder" => await ada.FolderIdAsync(stash, "a"), _ => stash };
        await ada.GrantAsync(type, target, await bob.AsRecipientAsync());

        var read = await bob.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);

        Assert.Equal("Hello", read.Text("content"));
    }

    [Fact]
    public async Task Of_a_folder_shows_what_comes_later_too_and_nothing_beside_it()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Half");
        await ada.CreateFileAsync(stash, "open/a.md", "A");
        var closed = await ada.CreateFileAsync(stash, "closed/b.md", "B");
        await ada.GrantAsync("folder", await ada.FolderIdAsync(stash, "open"), await bob.AsRecipientAsync());
        await ada.CreateFileAsync(stash, "open/new/c.md", "C");

        Assert.Equal(["open/a.md", "open/new/c.md"], await bob.PathsAsync(stash));
        Assert.Equal(["open", "open/new"], await bob.FolderPathsAsync(stash));
        Assert.Equal(["open/a.md", "open/new/c.md"], (await bob.AllPagesAsync($"stashes/{stash}/files")).Select(file => file.Text("path")));
        Assert.Equal(["open/a.md", "open/new/c.md"], StashClient.Unzip(await bob.ExportAsync(stash)).Keys);
        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"files/{closed}"));
        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"folders/{await ada.FolderIdAsync(stash, "closed")}"));
    }

    [Fact]
    public async Task Of_a_part_of_a_stash_counts_that_part_only()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Part");
        await ada.CreateFileAsync(stash, "open/a.md", "A");
        await ada.CreateFileAsync(stash, "closed/b.md", "B");
        await ada.GrantAsync("folder", await ada.FolderIdAsync(stash, "open"), await bob.AsRecipientAsync());

        var seen = await bob.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}", Cancelled);

        Assert.Equal((1, 1), (seen.GetProperty("fileCount").GetInt32(), seen.GetProperty("folderCount").GetInt32()));
    }

    [Fact]
    public async Task Stops_for_a_file_that_leaves_the_shared_folder()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Moving");
        var file = await ada.CreateFileAsync(stash, "open/a.md", "A");
        await ada.GrantAsync("folder", await ada.FolderIdAsync(stash, "open"), await bob.AsRecipientAsync());
        var before = await bob.StatusAsync($"files/{file}");

        await (await ada.PatchAsync($"files/{file}", new { folderId = (Guid?)null })).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before, await bob.StatusAsync($"files/{file}")));
    }

    [Fact]
    public async Task Of_a_pinned_file_shows_that_version_and_no_other()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "pin.md", "one");
        await ada.PutContentAsync(file, "\"v1\"", "two");
        await ada.PutContentAsync(file, "\"v2\"", "three");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT", new { pin = new { version = 2 } });

        var read = await bob.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        var versions = await bob.AllPagesAsync($"files/{file}/versions");

        Assert.Equal(("two", 2), (read.Text("content"), read.GetProperty("version").GetInt32()));
        Assert.Equal("two", await bob.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
        Assert.Contains("two", await bob.GetStringAsync($"/api/v1/files/{file}/preview", Cancelled), StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(versions).GetProperty("version").GetInt32());
        foreach (var hidden in new[] { $"files/{file}?version=3", $"files/{file}/raw?version=1", $"files/{file}/versions/3", $"files/{file}/diff?from=1", $"files/{file}/findings?version=3" })
        {
            Assert.Equal((hidden, HttpStatusCode.NotFound), (hidden, await bob.StatusAsync(hidden)));
        }
    }

    [Fact]
    public async Task Of_a_file_pinned_to_a_label_follows_the_label()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "label.md", "one");
        await ada.PutContentAsync(file, "\"v1\"", "two");
        await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, Cancelled);
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), more: new { pin = new { label = "stable" } });
        var first = await bob.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled);

        await ada.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 2 }, Cancelled);

        Assert.Equal(("one", "two"), (first, await bob.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled)));
    }

    [Fact]
    public async Task Of_a_pinned_file_is_in_no_list_of_its_stash()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Pinned");
        var file = await ada.CreateFileAsync(stash, "pin.md", "one");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), more: new { pin = new { version = 1 } });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (await bob.StatusAsync($"files/{file}"), await bob.StatusAsync($"stashes/{stash}/tree")));
    }

    [Fact(DisplayName = "H24: With two shares allows what the higher one does")]
    public async Task With_two_shares_allows_what_the_higher_one_does()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Two");
        var file = await ada.CreateFileAsync(stash, "a/two.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync());
        await ada.GrantAsync("folder", await ada.FolderIdAsync(stash, "a"), await bob.AsRecipientAsync(), "EDIT");

        await (await bob.PutContentAsync(file, "\"v1\"", "y")).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_a_token_goes_as_far_as_the_stashes_that_it_opens()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "token.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync());
        using var open = await TokenAsync(bob, stashIds: null);
        using var bound = await TokenAsync(bob, [await bob.DefaultStashAsync()]);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden),
            (await open.StatusAsync($"files/{file}"), await bound.StatusAsync($"files/{file}"), await open.StatusAsync("shared-with-me")));
    }

    private async Task<HttpClient> TokenAsync(HttpClient client, Guid[]? stashIds)
    {
        var request = new Dictionary<string, object> { ["name"] = "t", ["scopes"] = Scopes, ["expiresAt"] = app.Time.GetUtcNow().AddDays(30) };
        if (stashIds is not null)
        {
            request["stashIds"] = stashIds;
        }

        var answer = await (await client.PostAsJsonAsync("/api/auth/api-tokens", request, Cancelled)).ReadAsync(HttpStatusCode.Created);
        var holder = app.NewClient();
        holder.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.Text("token"));

        return holder;
    }
}
