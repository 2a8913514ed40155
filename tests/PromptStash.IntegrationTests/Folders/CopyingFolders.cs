namespace PromptStash.IntegrationTests.Folders;

public sealed class CopyingFolders(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_a_skill_with_all_its_files_to_the_same_place_in_another_stash()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);
        var other = await ada.CreateStashAsync("Other");

        var copy = await (await ada.PostAsync($"folders/{folder}/copy", new { stashId = other })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal((other, ".claude/skills/pdf"), (copy.GetProperty("stashId").GetGuid(), copy.Text("path")));
        Assert.Equal([".claude/skills/pdf/SKILL.md", ".claude/skills/pdf/scripts/fill.py"], await ada.PathsAsync(other));
        Assert.Equal([".claude", ".claude/skills", ".claude/skills/pdf", ".claude/skills/pdf/empty", ".claude/skills/pdf/scripts"], await ada.FolderPathsAsync(other));
    }

    [Fact]
    public async Task Takes_contents_kinds_tags_and_labels_of_current_versions_along()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);
        var script = (await ada.AllPagesAsync($"stashes/{stash}/files")).Single(file => file.Text("name") == "fill.py").GetProperty("id").GetGuid();
        await (await ada.PutContentAsync(script, "*", "print('two')")).ReadAsync(HttpStatusCode.OK);
        await (await ada.PatchAsync($"files/{script}", new { kind = "RULE" })).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{script}/tags", new { tags = (string[])["red"] }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutAsJsonAsync($"/api/v1/files/{script}/labels/stable", new { version = 2 }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        await (await ada.PostAsync($"folders/{folder}/copy", new { parentId = (Guid?)null })).ReadAsync(HttpStatusCode.Created);

        var copy = (await ada.AllPagesAsync($"stashes/{stash}/files")).Single(file => file.Text("path") == "pdf/scripts/fill.py");
        Assert.Equal(("RULE", 1, "red"), (copy.Text("kind"), copy.GetProperty("version").GetInt32(), copy.GetProperty("tags")[0].GetString()));
        Assert.Equal("print('two')", await ada.GetStringAsync($"/api/v1/files/{copy.GetProperty("id").GetGuid()}/raw?version=stable", Cancelled));
    }

    [Fact]
    public async Task Beside_themselves_gives_them_a_free_name()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);

        var copy = await (await ada.PostAsync($"folders/{folder}/copy", new { })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal(".claude/skills/pdf (2)", copy.Text("path"));
        Assert.Contains(".claude/skills/pdf (2)/scripts/fill.py", await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Into_themselves_copies_what_was_there_before()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);

        await (await ada.PostAsync($"folders/{folder}/copy", new { parentId = folder, name = "old" })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal(
            [".claude/skills/pdf/SKILL.md", ".claude/skills/pdf/old/SKILL.md", ".claude/skills/pdf/old/scripts/fill.py", ".claude/skills/pdf/scripts/fill.py"],
            await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Leaves_what_lies_in_the_trash_there()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);
        await ada.RemoveAsync($"files/{(await ada.AllPagesAsync($"stashes/{stash}/files")).Single(file => file.Text("name") == "fill.py").GetProperty("id").GetGuid()}");

        await (await ada.PostAsync($"folders/{folder}/copy", new { name = "copy" })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal([".claude/skills/copy/SKILL.md", ".claude/skills/pdf/SKILL.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task To_a_name_that_is_taken_is_a_conflict_and_copies_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);

        await (await ada.PostAsync($"folders/{folder}/copy", new { name = "PDF" })).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal(2, (await ada.PathsAsync(stash)).Count);
    }

    [Fact]
    public async Task To_where_a_path_would_be_too_long_is_refused_and_copies_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await SkillAsync(ada, stash);
        var deep = await ada.CreateFolderAsync(stash, string.Join('/', Enumerable.Repeat(new string('d', 251), 4)));

        var problem = await (await ada.PostAsync($"folders/{folder}/copy", new { parentId = deep })).ReadAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("parentId", out _), problem.ToString());
        Assert.Equal(2, (await ada.PathsAsync(stash)).Count);
    }

    [Fact]
    public async Task Happens_once_for_an_idempotency_key()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var folder = await ada.CreateFolderAsync(stash, "a");

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/folders/{folder}/copy") { Headers = { { "Idempotency-Key", "once" } } };
            await (await ada.SendAsync(request, Cancelled)).ReadAsync(HttpStatusCode.Created);
        }

        Assert.Equal(["a", "a (2)"], await ada.FolderPathsAsync(stash));
    }

    [Fact]
    public async Task Between_two_stashes_both_ways_at_once_waits_for_nobody_who_waits()
    {
        using var ada = await app.SignInAsync();
        var (one, two) = (await ada.CreateStashAsync("One"), await ada.CreateStashAsync("Two"));
        var (inOne, inTwo) = (await ada.CreateFolderAsync(one, "a"), await ada.CreateFolderAsync(two, "b"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => number % 2 == 0
            ? ada.PostAsync($"folders/{inOne}/copy", new { stashId = two })
            : ada.PostAsync($"folders/{inTwo}/copy", new { stashId = one })));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
    }

    private static async Task<Guid> SkillAsync(HttpClient client, Guid stash)
    {
        await client.CreateFileAsync(stash, ".claude/skills/pdf/SKILL.md", "---\nname: pdf\ndescription: Fills forms\n---\nRun scripts/fill.py\n");
        await client.CreateFileAsync(stash, ".claude/skills/pdf/scripts/fill.py", "print('one')");
        await client.CreateFolderAsync(stash, ".claude/skills/pdf/empty");

        return await client.FolderIdAsync(stash, ".claude/skills/pdf");
    }
}
