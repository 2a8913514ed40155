namespace PromptStash.IntegrationTests.Sharing;

public sealed class SuggestingWhatIsShared(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_a_person_with_COMMENT_becomes_a_version_of_theirs()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        var file = await SharedAsync(ada, grace, "COMMENT");
        var suggestion = await grace.SuggestionAsync(file, 1, "two\n", "Two is better");

        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);

        var version = (await ada.VersionsAsync(file))[0];
        Assert.Equal((await grace.UserIdAsync(), "Two is better"), (version.GetProperty("createdBy").GetGuid(), version.GetProperty("message").GetString()));
        Assert.Equal("ACCEPTED", (await grace.SuggestionAsync(suggestion)).GetProperty("suggestion").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Is_read_by_its_author_and_the_owner_and_by_no_other_recipient()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var file = await SharedAsync(ada, grace, "COMMENT");
        await ada.GrantAsync("file", file, new { user = await eve.UserIdAsync() }, "EDIT");
        var suggestion = await grace.SuggestionAsync(file, 1, "two\n");

        var seen = await eve.GetAsync($"/api/v1/suggestions/{suggestion}", Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, seen.StatusCode);
        Assert.Equal((1, 1, 0), ((await ada.SuggestionsAsync(file)).Count, (await grace.SuggestionsAsync(file)).Count, (await eve.SuggestionsAsync(file)).Count));
    }

    [Fact(DisplayName = "H12: Is not for a person with VIEW")]
    public async Task Is_not_for_a_person_with_VIEW()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        var file = await SharedAsync(ada, grace, "VIEW");

        Assert.Equal(HttpStatusCode.Forbidden, (await grace.SuggestAsync(file, 1, "two\n")).StatusCode);
    }

    [Fact]
    public async Task Tells_its_author_nothing_of_versions_that_they_do_not_see()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        var file = await SharedAsync(ada, grace, "COMMENT", new { pin = new { version = 1 } });
        await (await ada.PutContentAsync(file, "\"v1\"", "hidden\n")).ReadAsync(HttpStatusCode.OK);

        await (await grace.SuggestAsync(file, 2, "two\n")).ReadAsync(HttpStatusCode.BadRequest);
        var suggestion = await grace.SuggestionAsync(await grace.SuggestionAsync(file, 1, "two\n"));

        Assert.DoesNotContain("hidden", suggestion.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_over_for_its_author_when_the_share_is()
    {
        using var ada = await app.SignInAsync();
        using var grace = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.CreateStashAsync("Ended"), "ended.md", "one\n");
        var share = await ada.GrantAsync("file", file, new { user = await grace.UserIdAsync() }, "COMMENT");
        var suggestion = await grace.SuggestionAsync(file, 1, "two\n");
        await ada.DeleteAsync($"/api/v1/shares/{share}", Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, (await grace.WithdrawAsync(suggestion)).StatusCode);
        await (await ada.AcceptAsync(suggestion)).ReadAsync(HttpStatusCode.OK);
    }

    private static async Task<Guid> SharedAsync(HttpClient owner, HttpClient recipient, string permission, object? more = null)
    {
        var file = await owner.CreateFileAsync(await owner.CreateStashAsync("Shared"), "shared.md", "one\n");
        await owner.GrantAsync("file", file, new { user = await recipient.UserIdAsync() }, permission, more);

        return file;
    }
}
