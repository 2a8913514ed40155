namespace PromptStash.IntegrationTests.Sharing;

public sealed class ReceivingShares(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Are_listed_with_what_they_are_and_whose()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "docs/plan.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT", new { note = "Have a look" });

        var item = Assert.Single(await bob.ReceivedAsync());

        Assert.Equal(
            (share, "file", file, "plan.md", "COMMENT", "Have a look"),
            (item.GetProperty("id").GetGuid(), item.GetProperty("target").Text("type"), item.GetProperty("target").GetProperty("id").GetGuid(),
                item.GetProperty("target").Text("name"), item.Text("permission"), item.Text("note")));
        Assert.StartsWith("User ", item.Text("owner"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Come_page_by_page_newest_first()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var first = await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync());
        var second = await ada.GrantAsync("file", await ada.CreateFileAsync(stash, "two.md", "x"), await bob.AsRecipientAsync());

        var items = await bob.AllPagesAsync("shared-with-me", limit: 1);

        Assert.Equal([second, first], items.Select(item => item.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task Are_gone_once_declined_and_so_is_the_access()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "no.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync());

        await (await bob.DeleteAsync($"/api/v1/shared-with-me/{share}", Cancelled)).ReadNothingAsync();

        Assert.Empty(await bob.ReceivedAsync());
        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"files/{file}"));
        Assert.Contains("decline done", await ada.LogAsync(share));
    }

    [Fact(DisplayName = "H15: Of somebody else cannot be declined")]
    public async Task Of_somebody_else_cannot_be_declined()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var share = await ada.GrantAsync("stash", await ada.DefaultStashAsync(), await bob.AsRecipientAsync());

        var response = await eve.DeleteAsync($"/api/v1/shared-with-me/{share}", Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Single(await bob.ReceivedAsync());
    }

    [Fact(DisplayName = "H16: By an address that is not proven gives nothing until it is")]
    public async Task By_an_address_that_is_not_proven_gives_nothing_until_it_is()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var email = await bob.EmailAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "mail.md", "x");
        await ada.GrantAsync("file", file, new { email });

        var (before, listed) = (await bob.StatusAsync($"files/{file}"), await bob.ReceivedAsync());
        await app.VerifyAsync(email);

        Assert.Equal((HttpStatusCode.NotFound, 0), (before, listed.Count));
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"files/{file}"));
        Assert.Single(await bob.ReceivedAsync());
    }

    [Fact(DisplayName = "H17: By an address stays with the address when its user takes another one")]
    public async Task By_an_address_stays_with_the_address_when_its_user_takes_another_one()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var email = await bob.EmailAsync();
        await app.VerifyAsync(email);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "mail.md", "x");
        await ada.GrantAsync("file", file, new { email });

        await using (var database = await app.OpenDatabaseAsync())
        {
            await Database.Sql.ScalarAsync<Guid>(database, "UPDATE identity.users SET email = 'other-' || email WHERE email = $1 RETURNING id", email);
        }

        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"files/{file}"));
    }

    [Fact(DisplayName = "H5: Are over at their end and not a moment before")]
    public async Task Are_over_at_their_end_and_not_a_moment_before()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var end = time.GetUtcNow().AddHours(1);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "over.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), more: new { expiresAt = end });

        time.SetUtcNow(end.AddMilliseconds(-1));
        var before = await bob.StatusAsync($"files/{file}");
        time.SetUtcNow(end);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before, await bob.StatusAsync($"files/{file}")));
    }

    [Fact(DisplayName = "H6: Are over with the next request also for an answer that the client has")]
    public async Task Are_over_with_the_next_request_also_for_an_answer_that_the_client_has()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "cached.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync());
        var seen = await bob.GetAsync($"/api/v1/files/{file}", Cancelled);

        await (await ada.RevokeAsync(share)).ReadNothingAsync();
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{file}") { Headers = { IfNoneMatch = { seen.Headers.ETag! } } };

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (seen.StatusCode, (await bob.SendAsync(again, Cancelled)).StatusCode));
    }

    [Fact]
    public async Task Of_a_folder_come_back_with_it_from_the_trash()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Back");
        var file = await ada.CreateFileAsync(stash, "part/a.md", "x");
        var folder = await ada.FolderIdAsync(stash, "part");
        await ada.GrantAsync("folder", folder, await bob.AsRecipientAsync());

        await ada.RemoveAsync($"folders/{folder}");
        var gone = (await bob.StatusAsync($"folders/{folder}"), await bob.StatusAsync($"files/{file}"), (await bob.ReceivedAsync()).Count);
        await ada.RestoreAsync(folder);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound, 0), gone);
        Assert.Equal((HttpStatusCode.OK, 1), (await bob.StatusAsync($"files/{file}"), (await bob.ReceivedAsync()).Count));
    }

    [Fact]
    public async Task Of_what_lies_in_the_trash_are_not_listed_and_open_nothing()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Gone");
        var file = await ada.CreateFileAsync(stash, "a.md", "x");
        await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync());

        await ada.RemoveAsync($"stashes/{stash}");

        Assert.Empty(await bob.ReceivedAsync());
        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"files/{file}"));
    }
}
