using System.Text;
using CsCheck;

namespace PromptStash.IntegrationTests.Transfer;

public sealed class ExportingStashes(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_the_same_bytes_for_the_same_content()
    {
        using var ada = await app.SignInAsync();
        var archive = StashClient.Zip(("b/c.md", "2"), ("a.md", "1"), ("z.txt", new string('z', 100_000)));
        var first = await ada.CreateStashAsync("First");
        var second = await ada.CreateStashAsync("Second");
        await (await ada.ImportAsync(first, archive)).ReadAsync(HttpStatusCode.OK);
        await (await ada.ImportAsync(second, archive)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(await ada.ExportAsync(first), await ada.ExportAsync(second));
    }

    [Fact]
    public async Task Keeps_empty_folders()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.PostAsJsonAsync($"/api/v1/stashes/{stash}/folders", new { path = "empty/inner" }, Cancelled);
        var copy = await ada.CreateStashAsync("Copy");

        await (await ada.ImportAsync(copy, await ada.ExportAsync(stash))).ReadAsync(HttpStatusCode.OK);

        var tree = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{copy}/tree", Cancelled);
        Assert.Equal(["empty", "empty/inner"], tree.GetProperty("folders").EnumerateArray().Select(folder => folder.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Leaves_deleted_files_out()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "kept.md", "1");
        var deleted = await ada.CreateFileAsync(stash, "deleted.md", "2");
        (await ada.DeleteAsync($"/api/v1/files/{deleted}", Cancelled)).EnsureSuccessStatusCode();

        Assert.Equal(["kept.md"], StashClient.Unzip(await ada.ExportAsync(stash)).Keys);
    }

    [Fact]
    public async Task Is_a_download_named_after_the_stash()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("R\u00E9sum\u00E9 \"one\"\r\nSet-Cookie: x/y");

        var response = await ada.GetAsync($"/api/v1/stashes/{stash}/export", Cancelled);

        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Of_an_empty_stash_is_an_empty_archive()
    {
        using var ada = await app.SignInAsync();

        Assert.Empty(StashClient.Unzip(await ada.ExportAsync(await ada.DefaultStashAsync())));
    }

    [Fact]
    public async Task Gives_back_whatever_files_were_imported()
    {
        using var ada = await app.SignInAsync();
        var segment = Gen.Char["abXYZ09 ._-\u00E9\u4F60+@#$&()[]{}'~"].Array[1, 12].Select(chars => new string(chars))
            .Where(name => name is not ("." or "..") && name.Trim().Length > 0);
        var path = segment.Array[1, 4].Select(segments => string.Join('/', segments));
        var text = Gen.OneOf(Gen.String, Gen.String.Select(part => string.Concat(Enumerable.Repeat(part + "\r\n", 50))))
            .Where(value => !value.Contains('\0', StringComparison.Ordinal));
        var trees = Gen.Select(path, text).Array[1, 25].Select(files => files
            .DistinctBy(file => file.Item1.ToLowerInvariant())
            .ToDictionary(file => file.Item1, file => Encoding.UTF8.GetBytes(file.Item2)));

        await trees.SampleAsync(
            async files =>
            {
                var stash = await ada.CreateStashAsync($"Round trip {Guid.CreateVersion7(app.Time.GetUtcNow())}");
                var result = await (await ada.ImportAsync(stash, StashClient.Zip([.. files.Select(file => (file.Key, file.Value))]))).ReadAsync(HttpStatusCode.OK);
                var skipped = result.GetProperty("skipped").EnumerateArray().Select(entry => entry.GetProperty("path").GetString()!).ToHashSet();
                var exported = StashClient.Unzip(await ada.ExportAsync(stash));

                // Nothing is lost without being named, and what is kept is the same to the byte; folders differ at most in case.
                Assert.Equal(files.Count, exported.Count(entry => !entry.Key.EndsWith('/')) + skipped.Count);
                var byPath = exported.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
                Assert.All(files.Where(file => !skipped.Contains(file.Key)), file => Assert.Equal(file.Value, byPath[file.Key.Normalize()]));
            },
            iter: 60, threads: 2);
    }
}
