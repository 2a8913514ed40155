using Microsoft.Extensions.Time.Testing;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>The log of a share says what was done with it, and nothing that was not (H23).</summary>
public sealed class TellingWhatBecameOfAShare(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H23: Has one line an hour for a person who reads, by any route")]
    public async Task Has_one_line_an_hour_for_a_person_who_reads()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "read.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync());
        time.Advance(TimeSpan.FromSeconds(1));

        foreach (var path in (string[])[$"files/{file}", $"files/{file}/raw", $"files/{file}/preview", $"files/{file}/versions"])
        {
            Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync(path));
        }

        var first = await ada.LogAsync(share);
        time.Advance(TimeSpan.FromHours(1));
        await bob.StatusAsync($"files/{file}/preview");

        Assert.Equal(["read done", "create done"], first);
        Assert.Equal(["read done", "read done", "create done"], await ada.LogAsync(share));
        Assert.Equal(time.GetUtcNow().ToUnixTimeMilliseconds(), (await ShareAsync(ada, share)).GetProperty("lastAccessedAt").GetDateTimeOffset().ToUnixTimeMilliseconds());
    }

    [Fact(DisplayName = "H23: Has one line for a person by whom many requests come at once")]
    public async Task Has_one_line_for_a_person_by_whom_many_requests_come_at_once()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "many.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bob.StatusAsync($"files/{file}")));

        Assert.Equal(["read done", "create done"], await ada.LogAsync(share));
    }

    [Fact(DisplayName = "H23: Has a line for all that a person writes, with who it was")]
    public async Task Has_a_line_for_all_that_a_person_writes()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "write.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "EDIT");

        await (await bob.PutContentAsync(file, "\"v1\"", "y")).ReadAsync(HttpStatusCode.OK);
        await (await bob.PutContentAsync(file, "\"v2\"", "z")).ReadAsync(HttpStatusCode.OK);
        await (await bob.PostAsync($"files/{file}/comments", new { body = "Well" })).ReadAsync(HttpStatusCode.Created);
        await bob.SuggestionAsync(file, 3, "w");

        Assert.Equal(["suggest done", "comment done", "edit done", "edit done", "create done"], await ada.LogAsync(share));
        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares/{share}/accesses", Cancelled);
        Assert.Equal(await bob.UserIdAsync(), page.GetProperty("items")[0].GetProperty("userId").GetGuid());
    }

    [Fact(DisplayName = "H23: Has no line for what a person was refused, nor for what is the owner's")]
    public async Task Has_no_line_for_what_a_person_was_refused_nor_for_what_is_the_owners()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "refused.md", "x");
        var share = await ada.GrantAsync("file", file, await bob.AsRecipientAsync());

        await ada.StatusAsync($"files/{file}");
        var edit = await bob.PutContentAsync(file, "\"v1\"", "y");
        var comment = await bob.PostAsync($"files/{file}/comments", new { body = "Well" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (edit.StatusCode, comment.StatusCode));
        Assert.Equal(["create done"], await ada.LogAsync(share));
    }

    [Fact(DisplayName = "H23: Does not say that a link was used for what it does not allow or show, and counts none of it")]
    public async Task Does_not_say_that_a_link_was_used_for_what_it_does_not_allow_or_show()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Refusals");
        await ada.CreateFileAsync(stash, "there.md", "x");
        var link = await ada.LinkAsync("stash", stash, more: new { maxAccesses = 1 });
        using var anybody = app.NewClient();

        HttpResponseMessage[] responses =
        [
            await anybody.PostAsJsonAsync($"{link.Path}/comments?path=there.md", new { name = "Grace", body = "Hello" }, Cancelled),
            await anybody.SuggestAsync(link, 1, "y", path: "there.md"),
            await anybody.GetAsync($"{link.Path}/comments?path=there.md", Cancelled),
            await anybody.GetAsync($"{link.Path}/files/not-there.md", Cancelled),
            await anybody.GetAsync($"{link.Path}/raw?path=not-there.md", Cancelled),
        ];

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.All(responses, response => Assert.False(response.Headers.Contains("Set-Cookie"), "It was let in."));
        Assert.Equal(["read denied", "read denied", "read denied", "suggest denied", "comment denied", "create done"], await ada.LogAsync(link.Share));
        await (await anybody.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "H23: Says that a link was refused to who asked too often, and to a program that previews it")]
    public async Task Says_that_a_link_was_refused_to_who_asked_too_often_and_to_a_program_that_previews_it()
    {
        await using var api = await app.StartApiAsync(("Sharing:LinkCommentsPerHour", "1"), ("Sharing:MaxWrongPasswords", "1"));
        using var ada = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "often.md", "x");
        var (open, guarded) = (await ada.LinkAsync("file", file, "COMMENT"), await ada.LinkAsync("file", file, more: new { password = "three quiet owls" }));
        using var grace = app.NewClient(api);
        for (var time = 0; time < 2; time++)
        {
            await grace.PostAsJsonAsync($"{open.Path}/comments", new { name = "Grace", body = "Hello" }, Cancelled);
            await grace.UnlockAsync(guarded, "a wrong password");
        }

        using var bot = app.NewClient(api);
        bot.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "facebookexternalhit/1.1");
        await bot.GetAsync(open.Path, Cancelled);

        Assert.Equal(["open denied", "comment denied", "comment done", "create done"], await ada.LogAsync(open.Share));
        Assert.Equal(["unlock denied", "unlock wrong-password", "create done"], await ada.LogAsync(guarded.Share));
    }

    private static Task<JsonElement> ShareAsync(HttpClient client, Guid share) => client.GetFromJsonAsync<JsonElement>($"/api/v1/shares/{share}", Cancelled);
}
