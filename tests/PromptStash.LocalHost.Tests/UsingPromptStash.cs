using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PromptStash.LocalHost.Tests;

public sealed partial class UsingPromptStash(RunningPromptStash promptStash) : IClassFixture<RunningPromptStash>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_a_folder_back_byte_for_byte_but_for_the_file_that_was_changed()
    {
        var files = new Dictionary<string, byte[]>
        {
            ["plugins/review/agents/reviewer.md"] = "---\r\nname: reviewer\r\ndescription: Reviews\r\n---\r\nRead.\r\n"u8.ToArray(),
            ["plugins/review/skills/diff/SKILL.md"] = [0xEF, 0xBB, 0xBF, .. "---\nname: diff\ndescription: 🧭 Diffs\n---\n"u8],
            ["plugins/review/skills/diff/scripts/run.sh"] = "#!/bin/sh\n\techo no newline at the end"u8.ToArray(),
            ["plugins/review/empty.md"] = [],
        };
        using var client = await promptStash.SignUpAsync("ada");
        var stash = await DefaultStashAsync(client);

        var imported = await ImportAsync(client, stash, files);
        await ReplaceAsync(client, stash, "plugins/review/skills/diff/scripts/run.sh", "#!/bin/sh\necho changed\n");
        var exported = await ExportAsync(client, stash);

        files["plugins/review/skills/diff/scripts/run.sh"] = "#!/bin/sh\necho changed\n"u8.ToArray();
        Assert.Equal(4, imported.GetProperty("created").GetInt32());
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), exported.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(file.Value, exported[file.Key]));
    }

    [Fact]
    public async Task Works_at_the_address_it_prints()
    {
        using var client = promptStash.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("  API reference  {0}scalar")]
    [InlineData("  Data           {1} ")]
    [InlineData("  Stop           Ctrl-C")]
    public async Task Needs_no_more_than_what_it_prints(string expected)
    {
        using var client = promptStash.CreateClient();

        Assert.Contains(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, promptStash.Address, promptStash.Data),
            promptStash.Printed,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/scalar", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Is_possible_with_the_demo_user_whose_password_it_prints()
    {
        var password = PrintedPassword.Match(promptStash.Printed).Groups["password"].Value;
        using var client = promptStash.CreateClient();

        using var response = await client.PostAsJsonAsync(
            "/api/auth/sign-in/email", new { email = "demo@promptstash.dev", password }, Cancelled);

        Assert.True(response.StatusCode == HttpStatusCode.OK, promptStash.Printed);
    }

    [Fact]
    public async Task Without_a_mail_server_is_possible_because_it_prints_the_links_of_mails()
    {
        using var client = await promptStash.SignUpAsync("grace");

        using var response = await client.PostAsJsonAsync("/api/auth/send-verification-email", new { email = "grace@example.com" }, Cancelled);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
        var printed = await LinePrintedAsync("Mail to grace@example.com");
        Assert.Contains($"Its link: {promptStash.Address}", printed, StringComparison.Ordinal);
        Assert.Contains(
            Directory.GetFiles(Path.Combine(promptStash.Data, "mail"), "*.eml"),
            file => File.ReadAllText(file).Contains("To: grace@example.com", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("pooled")]
    public async Task With_other_programs_is_possible_by_the_connections_it_writes_down(string connection) =>
        Assert.Equal(
            "promptstash",
            await Sql.AskAsync(await RunningPromptStash.ConnectionAsync(promptStash.Data, connection), "SELECT current_database()"));

    private async Task<string> LinePrintedAsync(string start)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (promptStash.Printed.Split('\n').FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private static async Task<string> DefaultStashAsync(HttpClient client)
    {
        var stashes = await client.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled);
        return stashes.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> ImportAsync(HttpClient client, string stash, Dictionary<string, byte[]> files)
    {
        using var archive = new MemoryStream();
        await using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (path, bytes) in files)
            {
                await using var entry = await zip.CreateEntry(path).OpenAsync(Cancelled);
                await entry.WriteAsync(bytes, Cancelled);
            }
        }

        using var content = new ByteArrayContent(archive.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
        using var response = await client.PostAsync($"/api/v1/stashes/{stash}/import", content, Cancelled);

        return await BodyAsync(response);
    }

    private static async Task ReplaceAsync(HttpClient client, string stash, string path, string content)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);
        var file = tree.GetProperty("files").EnumerateArray().Single(f => f.GetProperty("path").GetString() == path).GetProperty("id").GetString();
        using var read = await client.GetAsync($"/api/v1/files/{file}", Cancelled);

        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content") { Content = JsonContent.Create(new { content }) };
        request.Headers.IfMatch.Add(read.Headers.ETag!);
        using var response = await client.SendAsync(request, Cancelled);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task<Dictionary<string, byte[]>> ExportAsync(HttpClient client, string stash)
    {
        using var response = await client.GetAsync($"/api/v1/stashes/{stash}/export", Cancelled);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
        await using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(Cancelled));

        var files = new Dictionary<string, byte[]>();
        foreach (var entry in zip.Entries.Where(entry => entry.Name.Length > 0))
        {
            using var bytes = new MemoryStream();
            await using var content = await entry.OpenAsync(Cancelled);
            await content.CopyToAsync(bytes, Cancelled);
            files[entry.FullName] = bytes.ToArray();
        }

        return files;
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, body);

        return JsonDocument.Parse(body).RootElement;
    }

    [GeneratedRegex(@"demo@promptstash\.dev, password (?<password>\S+) \(shown this once\)")]
    private static partial Regex PrintedPassword { get; }
}
