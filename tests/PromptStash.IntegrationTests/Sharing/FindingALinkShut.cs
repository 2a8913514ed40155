using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class FindingALinkShut(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Reasons => 
    [
        "revoked", "disabled", "expired", "used up", "used up, with a password", "deleted file", "deleted stash", "deleted owner", "new token", "no such token", "too long", "too short",
    ];

    [Theory(DisplayName = "H3: Looks the same for whatever reason")]
    [MemberData(nameof(Reasons))]
    public async Task Looks_the_same_for_whatever_reason(string reason)
    {
        using var ada = await app.SignInAsync();
        var token = await ShutAsync(ada, reason);
        using var anybody = app.NewClient();

        var expected = await AnswerAsync(await anybody.GetAsync($"/api/v1/shared/{ShareClient.UnknownToken}", Cancelled));
        var found = await AnswerAsync(await anybody.GetAsync($"/api/v1/shared/{token}", Cancelled));

        Assert.Equal(expected, found);
    }

    [Theory(DisplayName = "H3: Looks the same on every route")]
    [InlineData("GET", "/raw")]
    [InlineData("GET", "/files/shut.md")]
    [InlineData("GET", "/export")]
    [InlineData("GET", "/preview")]
    [InlineData("GET", "/comments")]
    [InlineData("POST", "/comments")]
    [InlineData("POST", "/suggestions")]
    [InlineData("POST", "/unlock")]
    public async Task Looks_the_same_on_every_route(string method, string part)
    {
        using var ada = await app.SignInAsync();
        var token = await ShutAsync(ada, "revoked");
        using var anybody = app.NewClient();

        var expected = await AnswerAsync(await SendAsync(ShareClient.UnknownToken));
        var found = await AnswerAsync(await SendAsync(token));

        Assert.StartsWith("NotFound", expected, StringComparison.Ordinal);
        Assert.Equal(expected, found);

        Task<HttpResponseMessage> SendAsync(string of) => anybody.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), $"/api/v1/shared/{of}{part}")
            {
                Content = method == "GET" ? null : JsonContent.Create(new { name = "Grace", body = "x", content = "x", baseVersion = 1, password = "three quiet owls" }),
            }, Cancelled);
    }

    [Fact(DisplayName = "H3, H26: Takes as long for whatever reason")]
    [Trait("Kind", "Timing")]
    public async Task Takes_as_long_for_whatever_reason()
    {
        await using var api = await app.StartApiAsync(("Sharing:MissesPerMinute", "1000000"));
        using var ada = await app.SignInAsync(api);
        using var anybody = app.NewClient(api);
        foreach (var reason in (string[])["revoked", "disabled", "expired", "deleted file", "too short"])
        {
            var token = await ShutAsync(ada, reason, reason);

            await ResponseTimes.AreAlikeAsync(
                () => anybody.GetAsync($"/api/v1/shared/{token}", Cancelled), () => anybody.GetAsync($"/api/v1/shared/{ShareClient.UnknownToken}", Cancelled));
        }
    }

    [Fact(DisplayName = "H3: Does not ask for the password of one that is used up")]
    public async Task Does_not_ask_for_the_password_of_one_that_is_used_up()
    {
        using var ada = await app.SignInAsync();
        var token = await ShutAsync(ada, "used up, with a password");
        using var anybody = app.NewClient();

        var unlocked = await anybody.UnlockAsync(new Link(Guid.Empty, token), "three quiet owls");

        Assert.Equal(HttpStatusCode.NotFound, unlocked.StatusCode);
    }

    [Fact(DisplayName = "H5: Begins at the very moment of its end")]
    public async Task Begins_at_the_very_moment_of_its_end()
    {
        var time = new FakeTimeProvider(app.Time.GetUtcNow());
        await using var api = await app.StartApiAsync(time);
        using var ada = await app.SignInAsync(api);
        var end = new DateTimeOffset(time.GetUtcNow().Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero).AddHours(1);
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "end.md", "x"), more: new { expiresAt = end });
        using var anybody = app.NewClient(api);

        time.SetUtcNow(end.AddMilliseconds(-1));
        var before = await anybody.GetAsync(link.Path, Cancelled);
        time.SetUtcNow(end);
        var after = await anybody.GetAsync(link.Path, Cancelled);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before.StatusCode, after.StatusCode));
    }

    [Fact(DisplayName = "H6: Takes effect on the next request, also for whoever has read it before")]
    public async Task Takes_effect_on_the_next_request_also_for_whoever_has_read_it_before()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "seen.md", "x"));
        using var reader = app.NewClient();
        await (await reader.GetAsync($"{link.Path}/raw", Cancelled)).Content.ReadAsStringAsync(Cancelled);
        await ada.DeleteAsync($"/api/v1/shares/{link.Share}", Cancelled);
        reader.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", "*");

        var again = await reader.GetAsync($"{link.Path}/raw", Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task By_being_disabled_ends_when_it_is_enabled_again()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "again.md", "x"));
        await ada.UpdateShareAsync(link.Share, new { disabled = true });
        await ada.UpdateShareAsync(link.Share, new { disabled = false });
        using var anybody = app.NewClient();

        await (await anybody.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact(DisplayName = "H4: Again and again is answered with 429, while valid links still open")]
    public async Task Again_and_again_is_answered_with_429_while_valid_links_still_open()
    {
        await using var api = await app.StartApiAsync(("Sharing:MissesPerMinute", "20"), ("Api:KnownProxies:0", "127.0.0.0/8"));
        using var ada = await app.SignInAsync(api);
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "valid.md", "x"));
        using var guesser = app.NewClient(api);
        guesser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.77");

        var statuses = new List<HttpStatusCode>();
        for (var miss = 0; miss < 21; miss++)
        {
            statuses.Add((await guesser.GetAsync($"/api/v1/shared/{ShareClient.UnknownToken}", Cancelled)).StatusCode);
        }

        statuses.Add((await guesser.GetAsync(link.Path, Cancelled)).StatusCode);
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.NotFound, 20), HttpStatusCode.TooManyRequests, HttpStatusCode.OK], statuses);
    }

    [Fact(DisplayName = "H25: Is all that a token in a query string finds")]
    public async Task Is_all_that_a_token_in_a_query_string_finds()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "query.md", "x"));
        using var anybody = app.NewClient();

        var responses = new[]
        {
            await anybody.GetAsync($"/api/v1/shared?token={link.Token}", Cancelled),
            await anybody.GetAsync($"/api/v1/shared/x?token={link.Token}", Cancelled),
        };

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
    }

    private async Task<string> ShutAsync(HttpClient owner, string reason, string name = "Shut")
    {
        var stash = await owner.CreateStashAsync(name);
        var file = await owner.CreateFileAsync(stash, "shut.md", "x");
        var link = await owner.LinkAsync("file", file, more: new { maxAccesses = 1 });
        switch (reason)
        {
            case "revoked":
                await owner.DeleteAsync($"/api/v1/shares/{link.Share}", Cancelled);
                break;
            case "disabled":
                await (await owner.UpdateShareAsync(link.Share, new { disabled = true })).ReadAsync(HttpStatusCode.OK);
                break;
            case "expired":
                await using (var database = await app.OpenDatabaseAsync())
                {
                    await database.ExecuteAsync("UPDATE sharing.file_shares SET expires_at = $2 WHERE id = $1", link.Share, app.Time.GetUtcNow().AddMilliseconds(-1));
                }

                break;
            case "deleted owner":
                Assert.True((await owner.PostAsJsonAsync("/api/auth/delete-user", new { password = "correct horse battery staple" }, Cancelled)).IsSuccessStatusCode);
                break;
            case "used up":
                await (await owner.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
                break;
            case "used up, with a password":
                var guarded = await owner.LinkAsync("file", file, more: new { maxAccesses = 1, password = "three quiet owls" });
                await (await owner.UnlockAsync(guarded, "three quiet owls")).ReadNothingAsync();
                await (await owner.GetAsync(guarded.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);

                return guarded.Token;
            case "deleted file":
                await owner.DeleteAsync($"/api/v1/files/{file}", Cancelled);
                break;
            case "deleted stash":
                await owner.DeleteAsync($"/api/v1/stashes/{stash}", Cancelled);
                break;
            case "new token":
                await (await owner.PostAsync($"/api/v1/shares/{link.Share}/token", content: null, Cancelled)).ReadAsync(HttpStatusCode.OK);
                break;
            case "no such token":
                return ShareClient.UnknownToken.Replace('A', 'B');
            case "too long":
                return link.Token + "A";
            case "too short":
                return link.Token[..^1];
        }

        return link.Token;
    }

    /// <summary>All of an answer but the id of its trace and its time.</summary>
    private static async Task<string> AnswerAsync(HttpResponseMessage response)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!.AsObject();
        body.Remove("traceId");
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Content-Length"))
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");

        return $"{response.StatusCode}\n{string.Join('\n', headers)}\n{body}";
    }
}
