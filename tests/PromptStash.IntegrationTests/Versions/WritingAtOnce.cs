using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Versions;

public sealed class WritingAtOnce(PromptStashApp app)
{
    private const int Writers = 16;
    private const int Edits = 50;

    private readonly ConcurrentBag<HistoryOperation> _operations = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_sixteen_writers_to_one_file_keeps_every_edit_once_and_answers_nothing_else_but_412()
    {
        using var ada = await app.SignInAsync();
        var file = await CreateAsync(ada, "contested.md");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => EditAsync(ada, writer, file)));

        var rows = await ReadHistoryAsync(ada, [file]);
        Assert.Empty(HistoryChecker.Check(_operations, rows));
        Assert.Equal(Writers * Edits + 1, rows.Count);
        Assert.Equal([HttpStatusCode.PreconditionFailed], _operations.Where(operation => !operation.Succeeded).Select(operation => operation.Status!.Value).Distinct());
    }

    [Fact]
    public async Task By_sixteen_writers_to_eight_files_that_are_restored_and_deleted_in_between_keeps_every_write_once()
    {
        using var ada = await app.SignInAsync();
        var files = new List<Guid>();
        for (var i = 0; i < 8; i++)
        {
            files.Add(await CreateAsync(ada, $"contested-{i}.md"));
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => MixAsync(ada, writer, files)));

        var rows = await ReadHistoryAsync(ada, files);
        Assert.Empty(HistoryChecker.Check(_operations, rows));
        Assert.Empty(_operations
            .Where(operation => !operation.Succeeded)
            .Select(operation => operation.Status!.Value)
            .Except([HttpStatusCode.PreconditionFailed, HttpStatusCode.NotFound]));
    }

    [Fact]
    public async Task Without_saying_what_they_have_read_is_answered_with_428_to_all_of_them()
    {
        using var ada = await app.SignInAsync();
        var file = await CreateAsync(ada, "contested.md");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var edit = 0; edit < Edits; edit++)
            {
                await WriteAsync(ada, writer, file, expected: 1, $"writer {writer}, edit {edit}", ifMatch: null);
            }
        }));

        Assert.All(_operations.Where(operation => operation.ExpectedVersion > 0), operation => Assert.Equal(HttpStatusCode.PreconditionRequired, operation.Status));
        var rows = await ReadHistoryAsync(ada, [file]);
        Assert.Single(rows);
        Assert.Empty(HistoryChecker.Check(_operations, rows));
    }

    /// <summary>Repeats each edit on the version that it is told of until it is taken.</summary>
    private async Task EditAsync(HttpClient client, int writer, Guid file)
    {
        var version = 1;
        for (var edit = 0; edit < Edits;)
        {
            var write = await WriteAsync(client, writer, file, version, $"writer {writer}, edit {edit}", $"\"v{version}\"");
            version = write.Version ?? version;
            edit += write.Succeeded ? 1 : 0;
        }
    }

    /// <summary>Edits, and in one of five steps brings an old version back or throws the file away and takes it out of the trash.</summary>
    private async Task MixAsync(HttpClient client, int writer, List<Guid> files)
    {
        // The same mix in every run; how the writers meet is not.
        var random = new Random(writer);
        for (var step = 0; step < Edits; step++)
        {
            var file = files[random.Next(files.Count)];
            var read = await ReadAsync(client, writer, file);
            if (read.Version is not { } version)
            {
                continue;
            }

            switch (random.Next(10))
            {
                case 0:
                    await RestoreAsync(client, writer, file, version);
                    break;
                case 1:
                    // Somebody else may throw it away, or take it out again, first.
                    Assert.Contains((await client.DeleteAsync($"/api/v1/files/{file}", Cancelled)).StatusCode, (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.NotFound]);
                    Assert.Contains((await client.PostRestoreAsync(file)).StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound]);
                    break;
                default:
                    await WriteAsync(client, writer, file, version, $"writer {writer}, step {step}", $"\"v{version}\"");
                    break;
            }
        }
    }

    private async Task<Guid> CreateAsync(HttpClient client, string path)
    {
        var stash = await client.DefaultStashAsync();
        var start = Stopwatch.GetTimestamp();
        var created = await client.PostAsJsonAsync($"/api/v1/stashes/{stash}/files", new { path, content = path, message = path }, Cancelled);
        var file = (await created.ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        _operations.Add(new HistoryOperation(-1, file, 0, path, Sha256(path), start, Stopwatch.GetTimestamp(), created.StatusCode, 1));

        return file;
    }

    private async Task<HistoryOperation> WriteAsync(HttpClient client, int writer, Guid file, int expected, string content, string? ifMatch)
    {
        var requestId = $"{app.NewId()}";
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content") { Content = JsonContent.Create(new { content, message = requestId }) };

        return await SendAsync(client, writer, file, expected, requestId, Sha256(content), request, ifMatch);
    }

    /// <summary>Of version 1. Where the file holds just that, no version is made and there is nothing to check.</summary>
    private async Task RestoreAsync(HttpClient client, int writer, Guid file, int expected)
    {
        var first = await client.GetAsync($"/api/v1/files/{file}/raw?version=1", Cancelled);
        var current = await client.GetAsync($"/api/v1/files/{file}/raw?version={expected}", Cancelled);
        if (!first.IsSuccessStatusCode || !current.IsSuccessStatusCode)
        {
            return;
        }

        var content = await first.Content.ReadAsStringAsync(Cancelled);
        if (content != await current.Content.ReadAsStringAsync(Cancelled))
        {
            var requestId = $"{app.NewId()}";
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/files/{file}/versions/1/restore") { Content = JsonContent.Create(new { message = requestId }) };
            await SendAsync(client, writer, file, expected, requestId, Sha256(content), request, $"\"v{expected}\"");
        }
    }

    private async Task<HistoryOperation> ReadAsync(HttpClient client, int writer, Guid file)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync($"/api/v1/files/{file}/raw", Cancelled);
        var read = new HistoryOperation(writer, file, null, null, null, start, Stopwatch.GetTimestamp(), response.StatusCode, VersionIn(response));
        _operations.Add(read);

        return read;
    }

    private async Task<HistoryOperation> SendAsync(
        HttpClient client, int writer, Guid file, int expected, string requestId, string sha256, HttpRequestMessage request, string? ifMatch)
    {
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        var start = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, Cancelled);
        var write = new HistoryOperation(writer, file, expected, requestId, sha256, start, Stopwatch.GetTimestamp(), response.StatusCode, VersionIn(response));
        _operations.Add(write);

        return write;
    }

    private static int? VersionIn(HttpResponseMessage response) =>
        response.Headers.ETag is { } tag ? int.Parse(tag.Tag.Trim('"', 'v'), System.Globalization.CultureInfo.InvariantCulture) : null;

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task<List<HistoryRow>> ReadHistoryAsync(HttpClient client, List<Guid> files)
    {
        var rows = new List<HistoryRow>();
        foreach (var file in files)
        {
            string? next = null;
            do
            {
                var page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/files/{file}/versions?limit=100{(next is null ? "" : "&after=" + next)}", Cancelled);
                rows.AddRange(page.GetProperty("items").EnumerateArray().Select(version => new HistoryRow(
                    file, version.GetProperty("version").GetInt32(), version.GetProperty("message").GetString(), version.GetProperty("sha256").GetString()!)));
                next = page.GetProperty("next").GetString();
            }
            while (next is not null);
        }

        return rows;
    }
}
