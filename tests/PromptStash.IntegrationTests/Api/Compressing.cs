using System.IO.Compression;

namespace PromptStash.IntegrationTests.Api;

public sealed class Compressing(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task The_document_shortens_it_to_less_than_half(string encoding)
    {
        using var nobody = app.NewClient();
        var plain = await nobody.GetByteArrayAsync("/openapi/v1.json", Cancelled);

        var response = await AskAsync(nobody, "/openapi/v1.json", encoding);

        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync(Cancelled)).Length, 1, plain.Length / 2);
    }

    [Fact]
    public async Task A_list_leaves_it_what_it_was()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        for (var number = 0; number < 10; number++)
        {
            await ada.CreateFileAsync(stash, $"notes/{number}.md", "Hello");
        }

        var plain = await ada.GetByteArrayAsync($"/api/v1/stashes/{stash}/files", Cancelled);
        Assert.True(plain.Length > 1024, $"{plain.Length} bytes are too few for this test.");
        var response = await AskAsync(ada, $"/api/v1/stashes/{stash}/files", "br");

        Assert.Equal(["br"], response.Content.Headers.ContentEncoding);
        using var unpacked = new MemoryStream();
        await using (var brotli = new BrotliStream(await response.Content.ReadAsStreamAsync(Cancelled), CompressionMode.Decompress))
        {
            await brotli.CopyToAsync(unpacked, Cancelled);
        }

        Assert.Equal(plain, unpacked.ToArray());
    }

    [Fact]
    public async Task Nothing_is_what_a_client_gets_that_does_not_ask_for_it()
    {
        using var nobody = app.NewClient();

        Assert.Empty((await nobody.GetAsync("/openapi/v1.json", Cancelled)).Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("/api/auth/get-session")]
    [InlineData("/API/AUTH/get-session")]
    public async Task An_answer_with_a_secret_is_never_done(string address)
    {
        using var ada = await app.SignInAsync();

        var response = await AskAsync(ada, address, "br");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task An_archive_is_not_done_again()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "notes.md", new string('a', 10_000));

        Assert.Empty((await AskAsync(ada, $"/api/v1/stashes/{stash}/export", "br")).Content.Headers.ContentEncoding);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string address, string encoding) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept-Encoding", encoding } } }, Cancelled);
}
