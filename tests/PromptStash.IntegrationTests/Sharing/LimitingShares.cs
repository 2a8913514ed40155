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
}
