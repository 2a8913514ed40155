namespace PromptStash.IntegrationTests.Files;

/// <summary>What a file is called, is and holds is up to its owner.</summary>
public sealed class StoringFiles(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "Fault 11: Versions that are written at once are numbered without a twin or a gap")]
    public async Task Numbers_versions_that_are_written_at_once_without_a_twin_or_a_gap()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", "0");

        await Task.WhenAll(Enumerable.Range(1, 6).Select(async i => await (await ada.PutContentAsync(file, "*", $"{i}")).ReadAsync(HttpStatusCode.OK)));

        var versions = await ada.AllPagesAsync($"files/{file}/versions");
        Assert.Equal(Enumerable.Range(1, 7), versions.Select(version => version.GetProperty("version").GetInt32()).Order());
    }

    [Fact(DisplayName = "Fault 14: An agent's display name is no file name and need not be one")]
    public async Task Takes_an_agent_with_a_display_name()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), ".claude/agents/code-reviewer.md", "---\nname: code-reviewer\n---\nRead.\n");

        var answer = await (await ada.PutContentAsync(file, "\"v1\"", "---\nname: Code Reviewer / all\n---\nRead.\n")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(".claude/agents/code-reviewer.md", answer.Text("path"));
    }

    [Theory(DisplayName = "Fault 29: A file keeps the name and place that its kind is looked for at")]
    [InlineData(".claude/commands/commit.md", "COMMAND")]
    [InlineData("plugins/git/hooks/hooks.json", "HOOKS")]
    [InlineData(".claude/settings.json", "SETTINGS")]
    public async Task Keeps_name_and_place(string path, string kind)
    {
        using var ada = await app.SignInAsync();

        var file = await (await ada.PostFileAsync(await ada.DefaultStashAsync(), path, "{}")).ReadAsync(HttpStatusCode.Created);

        Assert.Equal((path, kind), (file.Text("path"), file.Text("kind")));
    }

    [Fact(DisplayName = "Fault 32: A file may be empty, from the beginning or later")]
    public async Task Takes_nothing_as_content()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var empty = await ada.CreateFileAsync(stash, "empty.md", "");
        var emptied = await ada.CreateFileAsync(stash, "emptied.md", "something");

        await (await ada.PutContentAsync(emptied, "\"v1\"", "")).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("", await ada.GetStringAsync($"/api/v1/files/{empty}/raw", Cancelled));
        Assert.Equal("", await ada.GetStringAsync($"/api/v1/files/{emptied}/raw", Cancelled));
    }
}
