using System.Security.Cryptography;
using System.Text;

namespace PromptStash.IntegrationTests.Files;

public sealed class ReadingVersions(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_them_newest_first_with_author_size_and_hash()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "history.md", "one");
        await ada.PutContentAsync(file, "\"v1\"", "three");

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions", Cancelled);

        var newest = page.GetProperty("items")[0];
        var me = (await ada.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").GetProperty("id").GetGuid();
        Assert.Equal(
            (2, 5, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("three"))), me),
            (newest.GetProperty("version").GetInt32(), newest.GetProperty("size").GetInt32(),
                newest.GetProperty("sha256").GetString()!, newest.GetProperty("createdBy").GetGuid()));
        Assert.False(newest.TryGetProperty("content", out _));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    [InlineData("latest")]
    public async Task That_do_not_exist_is_404(string version)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "history.md", "one");

        Assert.Equal(HttpStatusCode.NotFound, (await ada.GetAsync($"/api/v1/files/{file}/versions/{version}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Reads_what_each_one_held()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "history.md", "text 1");
        for (var version = 1; version < 5; version++)
        {
            await (await ada.PutContentAsync(file, $"\"v{version}\"", $"text {version + 1}")).ReadAsync(HttpStatusCode.OK);
        }

        for (var version = 1; version <= 5; version++)
        {
            var read = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/{version}", Cancelled);
            Assert.Equal($"text {version}", read.GetProperty("content").GetString());
        }
    }
}
