using System.IO.Compression;
using System.Text;

namespace PromptStash.IntegrationTests.Transfer;

public sealed class ImportingArchives(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_plugin_recognises_every_kind_of_file()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        (string Path, string Kind)[] files =
        [
            (".claude-plugin/marketplace.json", "MARKETPLACE"),
            (".claude/output-styles/terse.md", "OUTPUT_STYLE"),
            (".claude/rules/style.md", "RULE"),
            (".claude/settings.json", "SETTINGS"),
            (".mcp.json", "MCP"),
            ("CLAUDE.md", "MEMORY"),
            ("plugins/x/.claude-plugin/plugin.json", "PLUGIN"),
            ("plugins/x/agents/reviewer.md", "AGENT"),
            ("plugins/x/commands/ship.md", "COMMAND"),
            ("plugins/x/hooks/hooks.json", "HOOKS"),
            ("plugins/x/skills/pdf/SKILL.md", "SKILL"),
            ("plugins/x/skills/pdf/scripts/run.py", "OTHER"),
            ("sessions/one.jsonl", "SESSION"),
        ];

        await ImportAsync(ada, stash, StashClient.Zip([.. files.Select(file => (file.Path, "{}"))]));

        Assert.Equal(
            files,
            (await FilesAsync(ada, stash)).Select(file => (file.GetProperty("path").GetString()!, file.GetProperty("kind").GetString()!)));
    }

    [Fact]
    public async Task Again_changes_nothing_and_makes_no_version()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var archive = StashClient.Zip(("a.md", "1"), ("b/c.md", "2"));
        await ImportAsync(ada, stash, archive);

        var second = await ImportAsync(ada, stash, archive);

        Assert.Equal((0, 0, 2), Counts(second));
        Assert.All(await FilesAsync(ada, stash), file => Assert.Equal(1, file.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task With_changes_merges_by_path_ignoring_case_and_deletes_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ImportAsync(ada, stash, StashClient.Zip(("keep.md", "kept"), ("Docs/Change.md", "old"), ("Docs/same.md", "same")));

        var result = await ImportAsync(ada, stash, StashClient.Zip(("docs/change.md", "new"), ("docs/SAME.md", "same"), ("docs/added.md", "added")));

        Assert.Equal((1, 1, 1), Counts(result));
        Assert.Equal(["Docs/Change.md", "Docs/added.md", "Docs/same.md", "keep.md"], await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Writes_the_old_content_into_the_history_of_what_it_changes()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "old");

        await ImportAsync(ada, stash, StashClient.Zip(("a.md", "new")));

        var first = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/1", Cancelled);
        var second = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions/2", Cancelled);
        Assert.Equal(("old", "new"), (first.GetProperty("content").GetString(), second.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task As_a_dry_run_tells_the_same_and_changes_nothing()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a.md", "old");
        var before = await ada.GetStringAsync($"/api/v1/stashes/{stash}/tree", Cancelled);
        var archive = StashClient.Zip(("a.md", "new"), ("b/c.md", "added"), ("d.png", "\0"));

        var rehearsal = await ImportAsync(ada, stash, archive, "?dryRun=true");

        Assert.Equal(before, await ada.GetStringAsync($"/api/v1/stashes/{stash}/tree", Cancelled));
        Assert.Equal(rehearsal.ToString(), (await ImportAsync(ada, stash, archive)).ToString());
    }

    [Fact]
    public async Task Skips_what_is_no_text_with_the_reason_and_makes_no_folder_for_it()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var result = await ImportAsync(ada, stash, StashClient.Zip(
            ("a.md", Encoding.UTF8.GetBytes("text")), ("img/logo.png", [0x89, 0x50, 0x4E, 0x47, 0xFF]), ("img/zero.bin", [0x61, 0x00])));

        Assert.Equal((1, 0, 0), Counts(result));
        Assert.Equal(["img/logo.png", "img/zero.bin"], result.GetProperty("skipped").EnumerateArray().Select(skipped => skipped.GetProperty("path").GetString()));
        Assert.All(result.GetProperty("skipped").EnumerateArray(), skipped => Assert.NotEmpty(skipped.GetProperty("reason").GetString()!));
        var counts = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}", Cancelled);
        Assert.Equal(0, counts.GetProperty("folderCount").GetInt32());
    }

    [Fact]
    public async Task Skips_a_file_that_is_too_large_with_the_reason()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var result = await ImportAsync(ada, stash, StashClient.Zip(("small.md", "x"), ("large.md", new string('x', 10 * 1024 * 1024 + 1))));

        Assert.Equal((1, 0, 0), Counts(result));
        Assert.Contains("10485760", Assert.Single(result.GetProperty("skipped").EnumerateArray()).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docs")]
    [InlineData("Docs")]
    public async Task Skips_a_file_where_a_folder_stands(string path)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs/one.md", "1");

        var result = await ImportAsync(ada, stash, StashClient.Zip((path, "x"), ("other.md", "y")));

        Assert.Equal((1, path), (result.GetProperty("created").GetInt32(), Assert.Single(result.GetProperty("skipped").EnumerateArray()).GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Skips_files_below_a_path_where_a_file_stands()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs", "x");

        var result = await ImportAsync(ada, stash, StashClient.Zip(("docs/deep/one.md", "1"), ("other.md", "y")));

        Assert.Equal(["docs", "other.md"], await ada.PathsAsync(stash));
        Assert.Single(result.GetProperty("skipped").EnumerateArray());
    }

    [Fact]
    public async Task Takes_the_first_of_two_entries_with_one_path_and_names_the_other()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var result = await ImportAsync(ada, stash, StashClient.Zip(("a.md", "first"), ("A.md", "second")));

        Assert.Equal("A.md", Assert.Single(result.GetProperty("skipped").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal("first", Encoding.UTF8.GetString(StashClient.Unzip(await ada.ExportAsync(stash))["a.md"]));
    }

    [Theory]
    [InlineData("../climbs.md")]
    [InlineData("a/../../climbs.md")]
    [InlineData("/absolute.md")]
    [InlineData("C:/absolute.md")]
    [InlineData("..\\climbs.md")]
    public async Task With_a_path_that_leads_out_is_refused_as_a_whole(string path)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await AssertRefusedAsync(ada, stash, StashClient.Zip(("good.md", "x"), (path, "y")));
    }

    [Fact]
    public async Task With_a_link_is_refused_as_a_whole()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await AssertRefusedAsync(ada, stash, Archive(zip =>
        {
            var link = zip.CreateEntry("link.md");
            link.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var stream = link.Open();
            stream.Write("/etc/passwd"u8);
        }));
    }

    [Fact]
    public async Task With_more_than_twenty_thousand_entries_is_refused_as_a_whole()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await AssertRefusedAsync(ada, stash, Archive(zip =>
        {
            for (var i = 0; i <= 20_000; i++)
            {
                zip.CreateEntry($"{i}.md");
            }
        }));
    }

    [Fact]
    public async Task Over_64_MiB_is_refused_as_a_whole()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await AssertRefusedAsync(ada, stash, new byte[64 * 1024 * 1024 + 1]);
    }

    [Fact]
    public async Task That_unpacks_to_more_than_256_MiB_is_refused_as_a_whole_although_each_file_may_be_small()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var content = new byte[9 * 1024 * 1024];
        content.AsSpan().Fill((byte)'x');

        await AssertRefusedAsync(ada, stash, StashClient.Zip([.. Enumerable.Range(0, 29).Select(i => ($"{i}.md", content))]));
    }

    [Fact]
    public async Task With_one_file_that_unpacks_to_more_than_256_MiB_is_refused_as_a_whole()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await AssertRefusedAsync(ada, stash, StashClient.Zip(("small.md", [0x61]), ("bomb.md", new byte[256 * 1024 * 1024])));
    }

    [Fact]
    public async Task With_a_wrong_checksum_is_refused_as_a_whole()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var archive = Archive(zip =>
        {
            using var stream = zip.CreateEntry("a.md", CompressionLevel.NoCompression).Open();
            stream.Write("checksummed"u8);
        });
        archive[archive.AsSpan().IndexOf("checksummed"u8)] ^= 1;

        await AssertRefusedAsync(ada, stash, archive);
    }

    [Fact]
    public async Task That_is_none_is_refused()
    {
        using var ada = await app.SignInAsync();

        await AssertRefusedAsync(ada, await ada.DefaultStashAsync(), "PK but not really"u8.ToArray());
    }

    [Fact]
    public async Task Cut_short_is_refused_as_a_whole()
    {
        using var ada = await app.SignInAsync();
        var archive = StashClient.Zip(("a.md", "text"), ("b.md", "more text"));

        await AssertRefusedAsync(ada, await ada.DefaultStashAsync(), archive[..^10]);
    }

    [Fact]
    public async Task Of_another_content_type_is_answered_with_415()
    {
        using var ada = await app.SignInAsync();

        var response = await ada.PostAsync($"/api/v1/stashes/{await ada.DefaultStashAsync()}/import", new StringContent("x"), Cancelled);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Into_one_stash_by_five_at_once_makes_each_file_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var archive = StashClient.Zip([.. Enumerable.Range(0, 50).Select(i => ($"f{i % 7}/{i}.md", $"{i}"))]);

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ImportAsync(ada, stash, archive)));

        Assert.Equal(50, results.Sum(result => result.GetProperty("created").GetInt32()));
        Assert.Equal(200, results.Sum(result => result.GetProperty("unchanged").GetInt32()));
    }

    [Fact]
    public async Task While_somebody_edits_one_of_its_files_loses_neither_change()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "shared.md", "start");

        var imports = Task.WhenAll(Enumerable.Range(0, 10).Select(i => ImportAsync(ada, stash, StashClient.Zip(("shared.md", $"import {i}")))));
        var edits = Task.WhenAll(Enumerable.Range(0, 10).Select(i => ada.PutContentAsync(file, "*", $"edit {i}")));
        await Task.WhenAll(imports, edits);

        var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions?limit=100", Cancelled);
        Assert.Equal(
            Enumerable.Range(1, 21).Reverse(), page.GetProperty("items").EnumerateArray().Select(version => version.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task Leaves_no_temporary_file_behind()
    {
        using var ada = await app.SignInAsync();
        await ImportAsync(ada, await ada.DefaultStashAsync(), StashClient.Zip(("a.md", "x")));

        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "promptstash-import-*"));
    }

    private static async Task<JsonElement> ImportAsync(HttpClient client, Guid stash, byte[] archive, string query = "") =>
        await (await client.ImportAsync(stash, archive, query)).ReadAsync(HttpStatusCode.OK);

    private static async Task AssertRefusedAsync(HttpClient client, Guid stash, byte[] archive)
    {
        var problem = await (await client.ImportAsync(stash, archive)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.Empty(await client.PathsAsync(stash));
    }

    private static async Task<List<JsonElement>> FilesAsync(HttpClient client, Guid stash)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);

        return [.. tree.GetProperty("files").EnumerateArray()];
    }

    private static (int Created, int Updated, int Unchanged) Counts(JsonElement result) =>
        (result.GetProperty("created").GetInt32(), result.GetProperty("updated").GetInt32(), result.GetProperty("unchanged").GetInt32());

    private static byte[] Archive(Action<ZipArchive> fill)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            fill(zip);
        }

        return memory.ToArray();
    }
}
