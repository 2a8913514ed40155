using System.Text;

namespace PromptStash.IntegrationTests.Files;

/// <summary>Content is kept byte for byte, whichever way it comes and goes.</summary>
public sealed class KeepingContent(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Texts => new()
    {
        { "empty", "" },
        { "line feeds", "one\ntwo\n" },
        { "carriage returns and line feeds", "one\r\ntwo\r\n" },
        { "old carriage returns", "one\rtwo\r" },
        { "no final newline", "one\ntwo" },
        { "tabs", "\tindented\t\n" },
        { "a byte order mark", "\uFEFF---\nname: marked\n---\n" },
        { "four-byte characters", "rocket \U0001F680, family \U0001F468\u200D\U0001F469\u200D\U0001F467, Gothic \U00010348" },
        { "decomposed accents", "cafe\u0301 is not caf\u00E9" },
        { "control characters", "\u0001\u0008\u001B[31mred\u001B[0m\u007F\u0085" },
        { "bidirectional marks", "\u202Eabc\u202C \u2066x\u2069" },
        { "noncharacters and the last code point", "\uFFFE\uFFFF\uFFFD\U0010FFFF" },
        { "separators", "line\u2028paragraph\u2029" },
        { "JSON's own characters", "\"quotes\" \\backslash\\ </script>" },
        { "spaces only", "   \n \n" },
    };

    [Theory(DisplayName = "Fault 1: A content comes back as it was sent")]
    [MemberData(nameof(Texts))]
    public async Task Sent_as_JSON_it_comes_back_the_same_as_JSON_raw_and_in_an_archive(string name, string text)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var file = await ada.CreateFileAsync(stash, $"{name}.md", text);

        await AssertKeptAsync(ada, stash, file, $"{name}.md", text);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Replaced_by_JSON_it_comes_back_the_same(string name, string text)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, $"{name}.md", "before");

        await (await ada.PutContentAsync(file, "\"v1\"", text)).ReadAsync(HttpStatusCode.OK);

        await AssertKeptAsync(ada, stash, file, $"{name}.md", text);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Imported_in_an_archive_it_comes_back_the_same(string name, string text)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await ada.ImportAsync(stash, StashClient.Zip(($"{name}.md", text)))).ReadAsync(HttpStatusCode.OK);

        var files = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/files", Cancelled);
        await AssertKeptAsync(ada, stash, files.GetProperty("items")[0].GetProperty("id").GetGuid(), $"{name}.md", text);
    }

    [Fact]
    public async Task Of_the_largest_size_it_is_taken_and_one_byte_more_is_refused()
    {
        const int Limit = 10 * 1024 * 1024;
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var largest = await ada.PostFileAsync(stash, "largest.md", new string('x', Limit));
        var larger = await ada.PostFileAsync(stash, "larger.md", new string('x', Limit + 1));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.BadRequest), (largest.StatusCode, larger.StatusCode));
    }

    [Fact]
    public async Task Of_a_large_vocabulary_it_is_taken_although_a_search_vector_could_not_hold_it_all()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var words = string.Join(' ', Enumerable.Range(0, 600_000).Select(i => $"w{i:x}"));

        var response = await ada.PostFileAsync(stash, "words.md", words);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task With_a_NUL_it_is_refused_with_a_reason()
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), "binary.md", "a\0b")).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Contains("NUL", problem.GetProperty("errors").GetProperty("content")[0].GetString(), StringComparison.Ordinal);
    }

    private static async Task AssertKeptAsync(HttpClient client, Guid stash, Guid file, string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var details = await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}", Cancelled);
        Assert.Equal(text, details.GetProperty("content").GetString());
        Assert.Equal(bytes.Length, details.GetProperty("size").GetInt32());
        Assert.Equal(bytes, await client.GetByteArrayAsync($"/api/v1/files/{file}/raw", Cancelled));
        Assert.Equal(bytes, StashClient.Unzip(await client.ExportAsync(stash))[path]);
    }
}
