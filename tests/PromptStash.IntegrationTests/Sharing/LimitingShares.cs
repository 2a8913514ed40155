using Microsoft.Extensions.Options;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class LimitingShares(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DefaultLinkLifetime", "00:00:00")]
    [InlineData("MaxLinkLifetime", "-1.00:00:00")]
    [InlineData("VisitLifetime", "00:00:00")]
    [InlineData("PasswordWindow", "-00:00:01")]
    [InlineData("AccessLogRetention", "-90.00:00:00")]
    [InlineData("EndedShareRetention", "00:00:00")]
    [InlineData("DecidedSuggestionRetention", "00:00:00")]
    public async Task To_no_time_at_all_does_not_start(string option, string value)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartApiAsync(($"Sharing:{option}", value)));

        Assert.Contains(option, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_less_than_a_link_has_by_itself_does_not_start()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartApiAsync(("Sharing:MaxLinkLifetime", "6.00:00:00")));

        Assert.Contains("DefaultLinkLifetime", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Otherwise_than_by_default_is_told_by_the_description_of_the_API()
    {
        await using var api = await app.StartApiAsync(
            ("Sharing:VisitLifetime", "00:07:00"),
            ("Sharing:PasswordWindow", "02:00:00"),
            ("Sharing:MaxWrongPasswords", "3"),
            ("Sharing:LinkCommentsPerHour", "17"),
            ("Sharing:LinkSuggestionsPerHour", "19"),
            ("Sharing:MaxLinkLifetime", "11.00:00:00"),
            ("Sharing:InvitationsPerDay", "23"),
            ("Sharing:AccessLogRetention", "13.00:00:00"));
        using var nobody = app.NewClient(api);

        var document = await nobody.GetStringAsync("/openapi/v1.json", Cancelled);

        Assert.All(
            (string[])["for 7 minutes", "After 3 wrong passwords", "for 2 hours", "17 comments", "19 suggestions", "at most 11 days", "23 mails", "kept for 13 days"],
            words => Assert.Contains(words, document, StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_number_holds_however_many_are_made_at_once_and_for_those_that_are_not_over()
    {
        await using var api = await app.StartApiAsync(("Sharing:SharesPerUser", "3"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ada.ShareAsync("stash", stash, "link")));

        Assert.Equal((3, 7), (answers.Count(answer => answer.StatusCode == HttpStatusCode.Created), answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict)));
        var made = await (answers.First(answer => answer.StatusCode == HttpStatusCode.Created)).ReadAsync(HttpStatusCode.Created);
        await (await ada.RevokeAsync(made.GetProperty("id").GetGuid())).ReadNothingAsync();
        await (await ada.ShareAsync("stash", stash, "link")).ReadAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task With_one_person_leaves_others_their_own()
    {
        await using var api = await app.StartApiAsync(("Sharing:SharesPerPerson", "1"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var (one, another) = (await ada.CreateFileAsync(stash, "one.md", "x"), await ada.CreateFileAsync(stash, "another.md", "x"));
        await ada.GrantAsync("file", one, new { email = "friend@example.com" });

        await (await ada.ShareAsync("file", another, new { email = "friend@example.com" })).ReadAsync(HttpStatusCode.Conflict);
        await (await ada.ShareAsync("file", another, new { email = "other@example.com" })).ReadAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Limits_the_comments_of_one_person_and_not_those_of_another()
    {
        await using var api = await app.StartApiAsync(("Sharing:CommentsPerHour", "2"));
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "talk.md", "x");
        await ada.GrantAsync("file", file, await bob.AsRecipientAsync(), "COMMENT");
        await (await CommentAsync(bob)).ReadAsync(HttpStatusCode.Created);
        await (await CommentAsync(bob)).ReadAsync(HttpStatusCode.Created);

        var refused = await CommentAsync(bob);

        Assert.Equal((HttpStatusCode.TooManyRequests, true), (refused.StatusCode, refused.Headers.RetryAfter is not null));
        await (await CommentAsync(ada)).ReadAsync(HttpStatusCode.Created);

        Task<HttpResponseMessage> CommentAsync(HttpClient client) => client.PostAsync($"files/{file}/comments", new { body = "Well" });
    }

    [Fact]
    public async Task Limits_the_open_suggestions_of_one_person_over_all_files()
    {
        await using var api = await app.StartApiAsync(("Sharing:OpenSuggestionsPerPerson", "2"));
        using var ada = await app.SignInAsync(api);
        using var bob = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await ada.GrantAsync("stash", stash, await bob.AsRecipientAsync(), "COMMENT");
        var (one, another) = (await ada.CreateFileAsync(stash, "one.md", "x"), await ada.CreateFileAsync(stash, "another.md", "x"));
        var first = await bob.SuggestionAsync(one, 1, "y");
        await bob.SuggestionAsync(another, 1, "y");

        await (await bob.SuggestAsync(another, 1, "z")).ReadAsync(HttpStatusCode.Conflict);

        await (await ada.DeclineAsync(first)).ReadAsync(HttpStatusCode.OK);
        await (await bob.SuggestAsync(another, 1, "z")).ReadAsync(HttpStatusCode.Created);
    }
}
