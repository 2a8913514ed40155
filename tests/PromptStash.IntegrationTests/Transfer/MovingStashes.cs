using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Transfer;

public sealed class MovingStashes(PromptStashApp app)
{
    private const string Everything = "?metadata=true&history=true";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task To_another_user_keeps_tags_labels_messages_and_histories()
    {
        var word = Gen.Char["abcdeXYZ \u00E9\u4F60"].Array[1, 10].Select(chars => new string(chars).Trim()).Where(text => text.Length > 0);
        var label = Gen.Char["ab1._-"].Array[0, 5].Select(chars => "v" + new string(chars));
        var version = Gen.Select(Gen.Char["abc\r\n\u00E9"].Array[0, 200].Select(chars => new string(chars)), word.Null());
        var file = Gen.Select(version.Array[1, 5], word.Array[0, 3], label.Array[0, 3]);
        var stashes = Gen.Select(Gen.Char["abxy"].Array[1, 2].Select(chars => $"{string.Join('/', chars)}.md"), file).Array[1, 8]
            .Select(files => files.DistinctBy(one => one.Item1).ToList());

        await stashes.SampleAsync(
            async files =>
            {
                using var ada = await app.SignInAsync();
                using var bob = await app.SignInAsync();
                var from = await ada.DefaultStashAsync();
                foreach (var (path, (versions, tags, labels)) in files)
                {
                    await WriteAsync(ada, from, path, versions, tags, labels);
                }

                var to = await bob.DefaultStashAsync();
                var archive = await ExportAsync(ada, from, Everything);
                await (await bob.ImportAsync(to, archive)).ReadAsync(HttpStatusCode.OK);

                Assert.Equal(Comparable(archive), Comparable(await ExportAsync(bob, to, Everything)));
            },
            iter: 25, threads: 1);
    }

    [Fact]
    public async Task Says_what_the_stash_was_and_changes_nothing_of_the_one_imported_into()
    {
        using var ada = await app.SignInAsync();
        var from = await ada.CreateStashAsync("Team agents", "PLUGIN");
        await (await ada.PatchAsJsonAsync($"/api/v1/stashes/{from}", new { description = "What they run on" }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        await ada.CreateFileAsync(from, "a.md", "1");
        var archive = await ExportAsync(ada, from, "?metadata=true");
        var to = await ada.CreateStashAsync("Mine", "USER");

        await (await ada.ImportAsync(to, archive)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(
            """{"name":"Team agents","scope":"PLUGIN","description":"What they run on"}""",
            JsonNode.Parse(StashClient.Unzip(archive)["promptstash.json"])!["stash"]!.ToJsonString());
        var stash = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{to}", Cancelled);
        Assert.Equal(("Mine", "USER"), (stash.Text("name"), stash.Text("scope")));
    }

    [Fact]
    public async Task Gives_versions_the_importer_as_their_author()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var from = await ada.DefaultStashAsync();
        await WriteAsync(ada, from, "a.md", [("one", "First"), ("two", "Second")], ["review"], ["stable"]);
        var to = await bob.DefaultStashAsync();
        var mine = await bob.CreateFileAsync(to, "mine.md", "mine");

        await (await bob.ImportAsync(to, await ExportAsync(ada, from, Everything))).ReadAsync(HttpStatusCode.OK);

        var file = (await FilesAsync(bob, to)).Single(one => one.GetProperty("path").GetString() == "a.md");
        var versions = await bob.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file.GetProperty("id").GetGuid()}/versions", Cancelled);
        var own = await bob.GetFromJsonAsync<JsonElement>($"/api/v1/files/{mine}/versions", Cancelled);
        Assert.Equal(["Second", "First"], versions.GetProperty("items").EnumerateArray().Select(version => version.GetProperty("message").GetString()));
        Assert.All(versions.GetProperty("items").EnumerateArray(), version => Assert.Equal(
            own.GetProperty("items")[0].GetProperty("createdBy").GetGuid(), version.GetProperty("createdBy").GetGuid()));
    }

    [Fact]
    public async Task Into_files_that_are_there_adds_one_version_and_no_foreign_history()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var from = await ada.DefaultStashAsync();
        await WriteAsync(ada, from, "a.md", [("one", null), ("two", null), ("three", "Third")], ["review"], ["stable"]);
        var to = await bob.DefaultStashAsync();
        await bob.CreateFileAsync(to, "a.md", "mine");

        await (await bob.ImportAsync(to, await ExportAsync(ada, from, Everything))).ReadAsync(HttpStatusCode.OK);

        var file = (await FilesAsync(bob, to)).Single();
        Assert.Equal(2, file.GetProperty("version").GetInt32());
        Assert.Equal(["review"], file.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Fact]
    public async Task Without_history_keeps_the_label_of_the_current_version_only()
    {
        using var ada = await app.SignInAsync();
        using var bob = await app.SignInAsync();
        var from = await ada.DefaultStashAsync();
        await WriteAsync(ada, from, "a.md", [("one", null), ("two", "Second")], [], ["stable"]);
        var to = await bob.DefaultStashAsync();

        await (await bob.ImportAsync(to, await ExportAsync(ada, from, "?metadata=true"))).ReadAsync(HttpStatusCode.OK);

        var entry = JsonNode.Parse(StashClient.Unzip(await ExportAsync(bob, to, "?metadata=true"))["promptstash.json"])!["files"]![0]!;
        Assert.Equal(("stable", 1, "Second"), ((string?)entry["labels"]![0]!["name"], (int)entry["labels"]![0]!["version"]!, (string?)entry["message"]));
    }

    [Fact]
    public async Task Of_the_same_content_gives_the_same_bytes_with_metadata_too()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await WriteAsync(ada, stash, "a.md", [("one", null), ("two", null)], ["b", "a"], ["stable"]);

        Assert.Equal(await ExportAsync(ada, stash, Everything), await ExportAsync(ada, stash, Everything));
    }

    [Fact]
    public async Task Takes_a_file_that_is_only_called_like_metadata_for_a_file()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        await (await ada.ImportAsync(stash, StashClient.Zip(("promptstash.json", "{\"format\": \"mine\"}"), (".promptstash/x.md", "x")))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal([".promptstash/x.md", "promptstash.json"], await ada.PathsAsync(stash));
        Assert.Equal(HttpStatusCode.Conflict, (await ada.GetAsync($"/api/v1/stashes/{stash}/export?metadata=true", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task With_metadata_that_is_larger_than_a_file_may_be_keeps_the_history()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxFileBytes", "1000"));
        using var ada = await app.SignInAsync(api);
        var from = await ada.DefaultStashAsync();
        await WriteAsync(ada, from, "a.md", [.. Enumerable.Range(1, 10).Select(n => ($"{n}", (string?)null))], [], []);
        var archive = await ExportAsync(ada, from, Everything);
        Assert.True(StashClient.Unzip(archive)["promptstash.json"].Length > 1000);
        var to = await ada.CreateStashAsync("Copy");

        var result = await (await ada.ImportAsync(to, archive)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(("a.md", 10), ((await FilesAsync(ada, to)).Select(file => (file.Text("path"), file.GetProperty("version").GetInt32())).Single()));
        Assert.Empty(result.GetProperty("skipped").EnumerateArray());
    }

    [Fact]
    public async Task With_metadata_over_its_own_limit_is_refused_as_a_whole()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxMetadataBytes", "1000"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();

        var problem = await (await ada.ImportAsync(
            stash, StashClient.Zip(("promptstash.json", new string(' ', 1001)), ("a.md", "1")))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("In promptstash.json, there are more than the 1000 bytes that metadata may have.", problem.Text("detail"));
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task With_more_in_the_metadata_than_an_archive_can_have_is_refused_as_a_whole()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxArchiveEntries", "2"), ("Stashes:MaxLabels", "1"), ("Stashes:MaxTagsPerUser", "2"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        var tags = string.Join(", ", Enumerable.Repeat("{}", 10));

        var problem = await (await ada.ImportAsync(
            stash, StashClient.Zip(("promptstash.json", $"{{\"format\": \"promptstash\", \"tags\": [{tags}]}}"), ("a.md", "1")))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("In promptstash.json, there are more than 10 objects.", problem.Text("detail"));
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Theory]
    [InlineData("?metadata=true")]
    [InlineData(Everything)]
    public async Task With_more_metadata_than_an_import_takes_is_refused_at_its_export(string query)
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxMetadataBytes", "100"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "a.md", "1");

        var problem = await (await ada.GetAsync($"/api/v1/stashes/{stash}/export{query}", Cancelled)).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal("promptstash.json would have more than 100 bytes, which an import does not take. Export folder by folder.", problem.Text("detail"));
    }

    [Fact]
    public async Task Of_a_file_that_went_back_and_forth_counts_each_of_its_texts_once()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxUnpackedBytes", "20000"));
        using var ada = await app.SignInAsync(api);
        var from = await ada.DefaultStashAsync();
        await WriteAsync(ada, from, "a.md", [.. Enumerable.Range(0, 9).Select(n => (new string(n % 2 == 0 ? 'x' : 'y', 2500), (string?)null))], [], []);
        var to = await ada.CreateStashAsync("Copy");

        await (await ada.ImportAsync(to, await ExportAsync(ada, from, Everything))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(9, (await FilesAsync(ada, to)).Single().GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Says_what_it_leaves_out_of_the_folder_that_is_the_metadatas()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var unused = $".promptstash/history/{new string('0', 64)}";

        var result = await (await ada.ImportAsync(stash, StashClient.Zip(
            ("promptstash.json", """{"format": "promptstash", "formatVersion": 1, "tags": [], "files": []}"""),
            ("PromptStash.json", "1"),
            (".promptstash/", ""),
            (".promptstash/history/", ""),
            (".promptstash/mine/", ""),
            (".promptstash/notes.md", "mine"),
            (".promptstash/history/notes.md", "mine"),
            (unused, "old"),
            ("a.md", "1")))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["a.md"], await ada.PathsAsync(stash));
        Assert.Equal(
            [".promptstash/history/notes.md", ".promptstash/mine/", ".promptstash/notes.md", "PromptStash.json"],
            result.GetProperty("skipped").EnumerateArray().Select(skipped => skipped.Text("path")).Order(StringComparer.Ordinal));
        Assert.All(result.GetProperty("skipped").EnumerateArray(), skipped => Assert.Equal("In an archive with metadata, this place is the metadata's.", skipped.Text("reason")));
    }

    [Theory]
    [InlineData("""{"format": "promptstash", "formatVersion": 9, "tags": [], "files": []}""", "the format's version is 9; this program reads version 1")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1}""", "files or tags are missing")]
    [InlineData("""{"format": "promptstash", "formatVersion": "x"}""", "'$.formatVersion' is not as it should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [{"name": "a", "color": "red"}], "files": []}""", "the tag 'a' has no proper name or colour")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [""", "the JSON is damaged")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": []} {}""", "the JSON is damaged")]
    [InlineData("\uFEFF{\"format\": \"promptstash\", \"formatVersion\": 9, \"tags\": [], \"files\": []}", "the format's version is 9; this program reads version 1")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [null], "files": []}""", "the tag '' has no proper name or colour")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [{"name": "a", "color": "#1E88E5\n"}], "files": []}""", "the tag 'a' has no proper name or colour")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [null]}""", "files or tags are missing")]
    [InlineData("""{"format": "\ud800", "formatVersion": 1, "tags": [], "files": []}""", "a text is not valid Unicode")]
    [InlineData("""{"\ud80012": "", "format": "promptstash", "formatVersion": 1, "tags": [], "files": []}""", "a text is not valid Unicode")]
    [InlineData("""{"format": "promptstash", "\ud80012": "", "formatVersion": 1, "tags": [], "files": []}""", "a text is not valid Unicode")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "\ud800"}]}""", "'$.files[0].path' is not as it should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "\udc00": 1}]}""", "'$.files[0]' is not as it should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "kind": "PLUGIN, MARKETPLACE"}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "tags": [null]}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "labels": [null]}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "message": "a\u0000b"}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "message": "a\u0007b"}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData(
        """{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "versions": [{"version": 1, "message": "\u0007", "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}]}]}""",
        "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData(
        """{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "versions": [{"version": 1, "sha256": "0000000000000000000000000000000000000000000000000000000000000000\n"}]}]}""",
        "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "tags": [""]}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "labels": [{"name": "latest", "version": 1}]}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "labels": [{"name": "7", "version": 1}]}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData("""{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "labels": [{"name": "a b", "version": 1}]}]}""", "the kind, tags, labels, messages or versions of 'a.md' are not as they should be")]
    [InlineData(
        """{"format": "promptstash", "formatVersion": 1, "tags": [], "files": [{"path": "a.md", "versions": [{"version": 1, "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, {"version": 2, "sha256": "1111111111111111111111111111111111111111111111111111111111111111"}]}]}""",
        "version 1 of 'a.md' is named, whose text the archive does not have")]
    public async Task With_bad_metadata_is_refused_as_a_whole(string metadata, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var problem = await (await ada.ImportAsync(stash, StashClient.Zip(("promptstash.json", metadata), ("a.md", "1")))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal($"In promptstash.json, {expected}.", problem.GetProperty("detail").GetString());
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task Writes_tags_in_the_form_in_which_all_others_are()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await (await ada.PostAsync("tags", new { name = "caf\u00E9" })).ReadAsync(HttpStatusCode.Created);

        await (await ada.ImportAsync(stash, Tagged("\"cafe\u0301\", \"review\""))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["caf\u00E9 1", "review 1"], (await ada.AllPagesAsync("tags")).Select(tag => $"{tag.Text("name")} {tag.GetProperty("fileCount").GetInt32()}"));
    }

    [Fact]
    public async Task With_more_tags_than_a_user_or_a_file_may_have_is_refused_as_a_whole()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxTagsPerUser", "3"), ("Stashes:MaxTagsPerFile", "2"), ("Stashes:MaxLabels", "1"));
        using var ada = await app.SignInAsync(api);
        var stash = await ada.DefaultStashAsync();
        await WriteAsync(ada, stash, "a.md", [("old", null)], ["one", "two"], []);

        string[] refused =
        [
            (await (await ada.ImportAsync(stash, Tagged("\"a\", \"b\", \"c\""))).ReadAsync(HttpStatusCode.BadRequest)).Text("detail"),
            (await (await ada.ImportAsync(stash, Tagged("", labels: 2))).ReadAsync(HttpStatusCode.BadRequest)).Text("detail"),
            (await (await ada.ImportAsync(stash, Tagged("\"three\", \"four\""))).ReadAsync(HttpStatusCode.BadRequest)).Text("detail"),
            (await (await ada.ImportAsync(stash, Tagged("\"three\""))).ReadAsync(HttpStatusCode.BadRequest)).Text("detail"),
        ];

        Assert.Equal(
            [
                "In promptstash.json, 'a.md' has more than 2 tags or 1 labels.",
                "In promptstash.json, 'a.md' has more than 2 tags or 1 labels.",
                "With the archive's tags you would have more than 3 tags.",
                "With the archive's tags 'a.md' would have more than 2 tags.",
            ], refused);
        Assert.Equal(["one", "two"], (await ada.AllPagesAsync("tags")).Select(tag => tag.Text("name")));
    }

    [Fact]
    public async Task Of_a_folder_takes_what_is_in_it()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "docs/a.md", "1");
        await ada.CreateFileAsync(stash, "docs/inner/b.md", "2");
        await ada.CreateFileAsync(stash, "docs2/c.md", "3");
        var folder = (await FilesAsync(ada, stash)).Single(file => file.GetProperty("path").GetString() == "docs/a.md").GetProperty("folderId").GetGuid();

        Assert.Equal(["docs/a.md", "docs/inner/b.md"], StashClient.Unzip(await ExportAsync(ada, stash, $"?folderId={folder}")).Keys);
    }

    [Fact]
    public async Task Of_a_selection_takes_what_was_selected_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "docs/a.md", "1");
        await ada.CreateFileAsync(stash, "docs/b.md", "2");
        var other = await ada.CreateFileAsync(stash, "c.md", "3");
        await ada.CreateFileAsync(stash, "d.md", "4");
        var folder = (await FilesAsync(ada, stash)).Single(one => one.GetProperty("path").GetString() == "docs/a.md").GetProperty("folderId").GetGuid();

        var response = await ada.PostAsJsonAsync($"/api/v1/stashes/{stash}/export", new { fileIds = new[] { file, other }, folderIds = new[] { folder } }, Cancelled);

        Assert.Equal(["c.md", "docs/a.md", "docs/b.md"], StashClient.Unzip(await response.Content.ReadAsByteArrayAsync(Cancelled)).Keys);
    }

    [Theory]
    [InlineData("fileIds")]
    [InlineData("folderIds")]
    public async Task Of_more_than_one_may_name_is_refused(string field)
    {
        using var ada = await app.SignInAsync();
        var ids = Enumerable.Range(0, 1001).Select(_ => app.NewId());

        var problem = await (await ada.PostAsJsonAsync(
            $"/api/v1/stashes/{await ada.DefaultStashAsync()}/export", new Dictionary<string, object> { [field] = ids }, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("Name at most 1000, or export the whole stash.", problem.GetProperty("errors").GetProperty(field)[0].GetString());
    }

    [Fact]
    public async Task Of_anything_that_is_not_in_the_stash_looks_as_if_it_were_not_there()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "a.md", "1");
        var own = await eve.DefaultStashAsync();

        HttpStatusCode[] answers =
        [
            (await eve.PostAsJsonAsync($"/api/v1/stashes/{stash}/export", new { fileIds = new[] { file } }, Cancelled)).StatusCode,
            (await eve.PostAsJsonAsync($"/api/v1/stashes/{own}/export", new { fileIds = new[] { file } }, Cancelled)).StatusCode,
            (await eve.GetAsync($"/api/v1/stashes/{own}/export?folderId={file}", Cancelled)).StatusCode,
        ];

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NotFound, answer));
    }

    /// <summary>An archive of one file with these tags, as JSON, and as many labels.</summary>
    private static byte[] Tagged(string tags, int labels = 0)
    {
        var names = string.Join(", ", Enumerable.Range(1, labels).Select(n => $"{{\"name\": \"v{n}.\", \"version\": 1}}"));

        return StashClient.Zip(
            ("promptstash.json", $"{{\"format\": \"promptstash\", \"formatVersion\": 1, \"tags\": [], \"files\": [{{\"path\": \"a.md\", \"tags\": [{tags}], \"labels\": [{names}]}}]}}"),
            ("a.md", "new"));
    }

    private static async Task WriteAsync(
        HttpClient client, Guid stash, string path, (string Content, string? Message)[] versions, string[] tags, string[] labels)
    {
        var created = await client.PostAsJsonAsync(
            $"/api/v1/stashes/{stash}/files", new { path, content = versions[0].Content, message = versions[0].Message }, Cancelled);
        var answer = await created.ReadAsync(HttpStatusCode.Created);
        var file = answer.GetProperty("id").GetGuid();
        foreach (var (content, message) in versions.Skip(1))
        {
            var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content") { Content = JsonContent.Create(new { content, message }) };
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            answer = await (await client.SendAsync(request, Cancelled)).ReadAsync(HttpStatusCode.OK);
        }

        await PutTagsAsync(client, file, tags);

        // The last label on the current version, the others on older ones.
        for (var n = 0; n < labels.Length; n++)
        {
            var version = Math.Max(1, answer.GetProperty("version").GetInt32() - (labels.Length - 1 - n));
            await (await client.PutAsJsonAsync($"/api/v1/files/{file}/labels/{labels[n]}", new { version }, Cancelled)).ReadAsync(HttpStatusCode.OK);
        }
    }

    private static async Task PutTagsAsync(HttpClient client, Guid file, string[] tags)
    {
        foreach (var name in tags)
        {
            // Another file's tag may have the name already.
            var created = await client.PostAsJsonAsync("/api/v1/tags", new { name, color = "#00AAff" }, Cancelled);
            Assert.True(created.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, await created.Content.ReadAsStringAsync(Cancelled));
        }

        await (await client.PutAsJsonAsync($"/api/v1/files/{file}/tags", new { tags }, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    private static async Task<byte[]> ExportAsync(HttpClient client, Guid stash, string query)
    {
        var response = await client.GetAsync($"/api/v1/stashes/{stash}/export{query}", Cancelled);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));

        return await response.Content.ReadAsByteArrayAsync(Cancelled);
    }

    private static async Task<List<JsonElement>> FilesAsync(HttpClient client, Guid stash) =>
        [.. (await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/files?limit=100", Cancelled)).GetProperty("items").EnumerateArray()];

    /// <summary>All of an archive but who wrote a version, and when.</summary>
    private static List<(string Path, string Content)> Comparable(byte[] archive)
    {
        var entries = StashClient.Unzip(archive);
        var metadata = JsonNode.Parse(entries["promptstash.json"])!;
        foreach (var version in metadata["files"]!.AsArray().SelectMany(file => file!["versions"]!.AsArray()))
        {
            Assert.True(version!.AsObject().Remove("createdBy"));
            Assert.True(version.AsObject().Remove("createdAt"));
        }

        entries["promptstash.json"] = Encoding.UTF8.GetBytes(metadata.ToJsonString());

        return [.. entries.Select(entry => (entry.Key, Convert.ToBase64String(entry.Value)))];
    }
}
