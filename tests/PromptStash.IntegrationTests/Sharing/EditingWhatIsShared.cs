using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class EditingWhatIsShared(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_a_version_whose_author_is_the_editor_and_whose_room_is_the_owners()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "both.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "EDIT");
        var before = await BytesAsync(ada);

        await (await bob.PutContentAsync(file, "\"v1\"", "a longer text")).ReadAsync(HttpStatusCode.OK);

        var version = (await ada.AllPagesAsync($"files/{file}/versions"))[0];
        Assert.Equal((2, await bob.UserIdAsync()), (version.GetProperty("version").GetInt32(), version.GetProperty("createdBy").GetGuid()));
        Assert.Equal((before + "a longer text".Length, 0), (await BytesAsync(ada), await BytesAsync(bob)));
    }

    [Fact]
    public async Task Creates_renames_moves_and_deletes_below_a_shared_folder()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Below");
        await ada.CreateFileAsync(stash, "open/a.md", "A");
        var open = await ada.FolderIdAsync(stash, "open");
        await ada.GrantAsync("folder", open, await bob.AsRecipientAsync(), "EDIT");

        var file = await bob.CreateFileAsync(stash, "open/new/b.md", "B");
        var folder = await bob.CreateFolderAsync(stash, "open/drafts");
        await (await bob.PatchAsync($"files/{file}", new { name = "c.md", folderId = folder })).ReadAsync(HttpStatusCode.OK);
        await (await bob.PatchAsync($"folders/{folder}", new { name = "texts" })).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(["open/a.md", "open/texts/c.md"], await ada.PathsAsync(stash));
        await bob.RemoveAsync($"files/{file}");
        await bob.RemoveAsync($"folders/{folder}");

        Assert.Equal(["open/a.md"], await ada.PathsAsync(stash));
        Assert.Equal(["open/texts", "open/texts/c.md"], (await ada.TrashAsync()).Select(item => item.Text("path")).Order());
        Assert.Empty(await bob.TrashAsync());
        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(await bob.UserIdAsync(), await database.ScalarAsync<Guid>("SELECT deleted_by FROM stashes.files WHERE id = $1", file));
    }

    [Fact]
    public async Task Commits_to_a_shared_stash()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Commits");
        await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync(), "EDIT");

        await (await CommitAsync(bob, stash, "a.md")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["a.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Neither_reaches_beside_a_shared_folder_nor_touches_the_folder_itself()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Beside");
        var file = await ada.CreateFileAsync(stash, "open/a.md", "A");
        await ada.CreateFileAsync(stash, "closed/b.md", "B");
        var (open, closed) = (await ada.FolderIdAsync(stash, "open"), await ada.FolderIdAsync(stash, "closed"));
        await ada.GrantAsync("folder", open, await bob.AsRecipientAsync(), "EDIT");

        HttpResponseMessage[] responses =
        [
            await bob.PostFileAsync(stash, "closed/b.md", "taken"),
            await bob.PostFileAsync(stash, "closed/free.md", "free"),
            await bob.PostFileAsync(stash, "root.md", "x"),
            await bob.PostAsync($"stashes/{stash}/folders", new { path = "closed/new" }),
            await bob.PatchAsync($"files/{file}", new { folderId = closed }),
            await bob.PatchAsync($"files/{file}", new { folderId = (Guid?)null }),
            await bob.PatchAsync($"folders/{open}", new { name = "mine" }),
            await bob.DeleteAsync($"/api/v1/folders/{open}", Cancelled),
            await bob.DeleteAsync($"/api/v1/stashes/{stash}", Cancelled),
            await CommitAsync(bob, stash, "open/c.md"),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode));
        Assert.Equal(["closed/b.md", "open/a.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Of_a_single_file_neither_renames_nor_deletes_it()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "EDIT");

        var renamed = await bob.PatchAsync($"files/{file}", new { name = "two.md" });
        var deleted = await bob.DeleteAsync($"/api/v1/files/{file}", Cancelled);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (renamed.StatusCode, deleted.StatusCode));
    }

    [Fact]
    public async Task Is_not_for_whoever_is_shown_one_version()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "pin.md", "x");

        await (await ada.ShareAsync("file", file, await bob.AsRecipientAsync(), "EDIT", new { pin = new { version = 1 } })).ReadAsync(HttpStatusCode.BadRequest);
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "VIEW", new { pin = new { version = 1 } });
        await (await ada.UpdateShareAsync(share, new { permission = "EDIT" })).ReadAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Beyond_the_owners_room_is_refused_without_telling_how_much_that_is()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxBytesPerUser", "100"));
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync(), "EDIT");

        var refused = await (await bob.PostFileAsync(stash, "big.md", new string('x', 101))).ReadAsync(HttpStatusCode.RequestEntityTooLarge);

        Assert.False(refused.TryGetProperty("used", out _));
    }

    public static TheoryData<string, string> Creations => new()
    {
        { "files", """{"path":"secret-plan.md","content":"x"}""" },
        { "folders", """{"path":"secret-plan"}""" },
        { "commits", """{"message":"m","changes":[{"op":"put","path":"secret-plan.md","content":"x"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Creations))]
    public async Task Asked_for_again_with_its_key_after_it_was_taken_back_says_nothing_of_what_was_written(string what, string body)
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Repeat");
        var share = await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync(), "EDIT");
        Task<HttpResponseMessage> SendAsync() => bob.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"/api/v1/stashes/{stash}/{what}")
            {
                Headers = { { "Idempotency-Key", "once" } },
                Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            }, Cancelled);
        var first = await (await SendAsync()).Content.ReadAsStringAsync(Cancelled);

        var repeated = await (await SendAsync()).Content.ReadAsStringAsync(Cancelled);
        await (await ada.UpdateShareAsync(share, new { permission = "VIEW" })).ReadAsync(HttpStatusCode.OK);
        var downgraded = await SendAsync();
        await (await ada.RevokeAsync(share)).ReadNothingAsync();
        var revoked = await SendAsync();

        Assert.Contains("secret-plan", first, StringComparison.Ordinal);
        Assert.Equal(first, repeated);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NotFound), (downgraded.StatusCode, revoked.StatusCode));
        Assert.DoesNotContain("secret-plan", await downgraded.Content.ReadAsStringAsync(Cancelled) + await revoked.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    public static TheoryData<string> Takebacks => ["downgrade", "revoke", "turn off", "decline"];

    [Theory(DisplayName = "H10: Fails when the grant is taken back while the edit is under way")]
    [MemberData(nameof(Takebacks))]
    public async Task Fails_when_the_grant_is_taken_back_while_the_edit_is_under_way(string how)
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "race.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "EDIT");
        var owner = await ada.UserIdAsync();

        // The owner's lock of usage is the last thing before the grant is looked at again: whoever holds it holds the edit there.
        await using var database = await app.OpenDatabaseAsync();
        await using var holding = await database.BeginTransactionAsync(Cancelled);
        await database.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('stashes.usage ' || $1::text, 0))", owner);
        var edit = bob.PutContentAsync(file, "\"v1\"", "y");
        await using var watching = await app.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await watching.ScalarAsync<long>(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = (hashtextextended('stashes.usage ' || $1::text, 0) & 4294967295)::oid", owner) == 1,
            "the edit waits for the lock");
        var taken = how switch
        {
            "downgrade" => await ada.UpdateShareAsync(share, new { permission = "VIEW" }),
            "turn off" => await ada.UpdateShareAsync(share, new { disabled = true }),
            "decline" => await bob.DeleteAsync($"/api/v1/shared-with-me/{share}", Cancelled),
            _ => await ada.RevokeAsync(share),
        };
        await holding.RollbackAsync(Cancelled);

        Assert.True(taken.IsSuccessStatusCode);
        Assert.Equal(how == "downgrade" ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound, (await edit).StatusCode);
        Assert.Equal("x", await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled));
        Assert.Single(await ada.AllPagesAsync($"files/{file}/versions"));
    }

    [Fact(DisplayName = "H10: Is never there after a revocation that was answered before it")]
    public async Task Is_never_there_after_a_revocation_that_was_answered_before_it()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var recipient = await bob.AsRecipientAsync();
        for (var round = 0; round < 10; round++)
        {
            var file = await ada.CreateFileAsync(stash, $"round{round}.md", "x");
            var share = await ada.GrantAsync("file", file, recipient, "EDIT");
            var edits = Enumerable.Range(0, 4).Select(n => bob.PutContentAsync(file, "*", $"text {n}")).ToList();
            await (await ada.RevokeAsync(share)).ReadNothingAsync();

            // What is stored when the revocation has been answered is all that ever will be.
            var stored = (await ada.AllPagesAsync($"files/{file}/versions")).Count;
            var statuses = (await Task.WhenAll(edits)).Select(edit => edit.StatusCode).ToList();

            Assert.Equal(stored, (await ada.AllPagesAsync($"files/{file}/versions")).Count);
            Assert.Equal(stored - 1, statuses.Count(status => status == HttpStatusCode.OK));
            Assert.All(statuses, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{status}"));
        }
    }

    [Fact(DisplayName = "H13: Neither shares further nor shows who else was given it")]
    public async Task Neither_shares_further_nor_shows_who_else_was_given_it()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var share = await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync(), "EDIT");
        await ada.GrantAsync("stash", stash, await eve.AsRecipientAsync());

        HttpResponseMessage[] responses =
        [
            await bob.ShareAsync("stash", stash, "link"),
            await bob.GetAsync($"/api/v1/shares?target={stash}", Cancelled),
            await bob.GetAsync($"/api/v1/shares/{share}", Cancelled),
            await bob.GetAsync($"/api/v1/shares/{share}/accesses", Cancelled),
            await bob.UpdateShareAsync(share, new { permission = "VIEW" }),
            await bob.RevokeAsync(share),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.DoesNotContain((await eve.UserIdAsync()).ToString(), await bob.GetStringAsync("/api/v1/shared-with-me", Cancelled), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "H12: With COMMENT discusses and does nothing else")]
    public async Task With_COMMENT_discusses_and_does_nothing_else()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "talk.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");

        await (await bob.PostAsync($"files/{file}/comments", new { body = "Why?" })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal(HttpStatusCode.Forbidden, (await bob.PutContentAsync(file, "\"v1\"", "y")).StatusCode);
    }

    [Fact]
    public async Task With_VIEW_does_not_read_the_discussion()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "quiet.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync());

        Assert.Equal(HttpStatusCode.Forbidden, await bob.StatusAsync($"files/{file}/comments"));
    }

    private static Task<HttpResponseMessage> CommitAsync(HttpClient client, Guid stash, string path) =>
        client.PostAsync($"stashes/{stash}/commits", new { message = "m", changes = new[] { new { op = "put", path, content = "x" } } });

    private static async Task<long> BytesAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/v1/usage", Cancelled)).GetProperty("bytes").GetProperty("used").GetInt64();
}
