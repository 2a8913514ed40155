namespace PromptStash.IntegrationTests.Sharing;

public sealed class SharingSecrets(PromptStashApp app)
{
    // Made up, in two pieces, so that no scanner takes it for one that leaked.
    private const string Secret = "ghp_" + "q7Lw2mZx9RtK4vBn8YcD3sHf6JpG1aUeXo5T";

    private static readonly string[] Accepted = ["secret-github-token"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_a_link_is_refused_with_a_list_of_them()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"# Setup\n\nexport GITHUB_TOKEN={Secret}\n");

        var problem = await (await ada.ShareAsync("file", file, "link")).ReadAsync(HttpStatusCode.UnprocessableEntity);

        var finding = problem.GetProperty("findings")[0];
        Assert.Equal(("secret-github-token", 3), (finding.GetProperty("code").GetString(), finding.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Below_a_folder_is_refused_too()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Secrets");
        await ada.CreateFileAsync(stash, "work/deep/setup.md", $"export GITHUB_TOKEN={Secret}\n");

        var problem = await (await ada.ShareAsync("folder", await ada.FolderIdAsync(stash, "work"), "link")).ReadAsync(HttpStatusCode.UnprocessableEntity);

        Assert.Equal("deep/setup.md", problem.GetProperty("findings")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Knowingly_shows_them()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"export GITHUB_TOKEN={Secret}\n");
        var link = await ada.LinkAsync("file", file, more: new { acceptFindings = Accepted });

        Assert.Contains(Secret, await ReadAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redacted_masks_them_in_what_is_served_and_not_in_what_is_stored()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"export GITHUB_TOKEN={Secret}\n");
        var link = await ada.LinkAsync("file", file, more: new { redact = true });

        var stored = await ada.GetStringAsync($"/api/v1/files/{file}/raw", Cancelled);

        Assert.Equal(("export GITHUB_TOKEN=[redacted: secret-github-token]\n", $"export GITHUB_TOKEN={Secret}\n"), (await ReadAsync(link), stored));
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData("ghp_" + "A7Lw2mZx9RtK4vBn8YcD3sHf6JpG1aUeXo5T")]
    public async Task Masked_are_not_told_to_who_guesses_them_in_a_suggestion(string guess)
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"# Setup\n\nexport GITHUB_TOKEN={Secret}\n\nDone\n");
        var link = await ada.LinkAsync("file", file, "COMMENT", new { redact = true });
        using var grace = app.NewClient();

        var guessed = await grace.SuggestAsync(link, 1, $"# Setup\n\nexport GITHUB_TOKEN={guess}\n\nDone\n");
        var left = await grace.SuggestAsync(link, 1, "# Setup\n\nexport GITHUB_TOKEN=[redacted: secret-github-token]\n\nAll done\n");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created), (guessed.StatusCode, left.StatusCode));
    }

    [Fact]
    public async Task Which_came_into_the_file_after_the_link_masks_them()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", "nothing yet\n");
        var link = await ada.LinkAsync("file", file);
        await (await ada.PutContentAsync(file, "\"v1\"", $"export GITHUB_TOKEN={Secret}\n")).ReadAsync(HttpStatusCode.OK);

        Assert.DoesNotContain(Secret, await ReadAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_an_archive_masks_them()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Redacted");
        await ada.CreateFileAsync(stash, "setup.md", $"export GITHUB_TOKEN={Secret}\n");
        var link = await ada.LinkAsync("stash", stash, more: new { redact = true });
        using var anybody = app.NewClient();

        var archive = StashClient.Unzip(await anybody.GetByteArrayAsync($"{link.Path}/export", Cancelled));

        Assert.Equal("export GITHUB_TOKEN=[redacted: secret-github-token]\n", System.Text.Encoding.UTF8.GetString(archive["setup.md"]));
    }

    [Fact]
    public async Task With_a_person_is_their_owners_choice()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "setup.md", $"export GITHUB_TOKEN={Secret}\n");

        var response = await ada.ShareAsync("file", file, new { email = "colleague@example.com" });

        await response.ReadAsync(HttpStatusCode.Created);
    }

    private async Task<string> ReadAsync(Link link)
    {
        using var anybody = app.NewClient();

        return await anybody.GetStringAsync($"{link.Path}/raw", Cancelled);
    }
}
