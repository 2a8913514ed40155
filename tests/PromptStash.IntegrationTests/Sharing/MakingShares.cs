namespace PromptStash.IntegrationTests.Sharing;

public sealed class MakingShares(PromptStashApp app)
{
    private static readonly string[] OnlyOnce = ["token", "url", "invitation"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("link")]
    [InlineData("person")]
    public async Task Is_answered_as_every_other_answer_tells_it_and_with_what_is_told_only_once(string with)
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "told.md", "x");

        var made = await (await ada.ShareAsync("file", file, with == "link" ? "link" : await bob.AsRecipientAsync(), more: new { note = "Look" })).ReadAsync(HttpStatusCode.Created);

        var told = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/shares/{made.Text("id")}", Cancelled);
        Assert.Equal(
            told.EnumerateObject().Select(property => $"{property.Name}: {property.Value.GetRawText()}"),
            made.EnumerateObject().Where(property => !OnlyOnce.Contains(property.Name)).Select(property => $"{property.Name}: {property.Value.GetRawText()}"));
        Assert.Equal(
            with == "link" ? [JsonValueKind.String, JsonValueKind.String, JsonValueKind.Null] : [JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.String],
            OnlyOnce.Select(name => made.GetProperty(name).ValueKind));
    }
}
