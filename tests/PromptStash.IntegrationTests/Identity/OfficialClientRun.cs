using System.Diagnostics;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>One request of the official client and its answer.</summary>
public sealed record Exchange(
    string Name, string Method, string Path, int Status, JsonElement Body, string? Type, string? Cache, string? Location, string[] Cookies);

/// <summary>
/// A program that uses the API through Better Auth's own client, started once; the tests look at what it sent and got. What it needs from
/// npm is fetched when it was never fetched or another version is asked for.
/// </summary>
public sealed class OfficialClientRun(IdentityApp app) : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Identity", "OfficialClient");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    private readonly Dictionary<string, Exchange> _exchanges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _results = new(StringComparer.Ordinal);

    /// <summary>The last exchange of each step.</summary>
    public IReadOnlyDictionary<string, Exchange> Exchanges => _exchanges;

    /// <summary>What the client made of the answer: <c>data</c> and <c>error</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Results => _results;

    public async ValueTask InitializeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await FetchAsync(patience.Token);
        using var node = Start("node", "drive.mjs", PromptStashApp.AddressOf(app.Api).GetLeftPart(UriPartial.Authority));
        try
        {
            var errors = node.StandardError.ReadToEndAsync(patience.Token);
            Assert.True(await TalkAsync(node, patience.Token), $"The client did not come to its end: {await errors}");
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill(entireProcessTree: true);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<bool> TalkAsync(Process node, CancellationToken cancellationToken)
    {
        while (await node.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var told = JsonSerializer.Deserialize<JsonElement>(line);
            if (told.TryGetProperty("exchange", out var exchange))
            {
                var read = exchange.Deserialize<Exchange>(Json)!;
                _exchanges[read.Name] = read;
            }
            else if (told.TryGetProperty("result", out var result))
            {
                _results[result.GetProperty("name").GetString()!] = result;
            }
            else if (told.TryGetProperty("ask", out var question))
            {
                await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(await AnswerAsync(question)));
                await node.StandardInput.FlushAsync(cancellationToken);
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private async Task<string> AnswerAsync(JsonElement question)
    {
        switch (question.GetProperty("what").GetString())
        {
            case "address":
                return app.NewEmail();
            case "advance":
                app.Time.Advance(TimeSpan.FromSeconds(question.GetProperty("seconds").GetInt32()));
                return "";
            case "code":
                return app.CodeAt(question.GetProperty("secret").GetString()!);
            case "link":
                var link = await app.Mail.LinkAsync(
                    question.GetProperty("to").GetString()!, question.GetProperty("subject").GetString()!, question.GetProperty("nth").GetInt32());

                return link.AbsoluteUri;
            default:
                throw new InvalidOperationException($"The client asked for {question}.");
        }
    }

    private static async Task FetchAsync(CancellationToken cancellationToken)
    {
        var (wanted, fetched) = (new FileInfo(Path.Combine(Folder, "package-lock.json")), new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json")));
        if (fetched.Exists && fetched.LastWriteTimeUtc >= wanted.LastWriteTimeUtc)
        {
            return;
        }

        using var npm = Start("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        Assert.True(npm.ExitCode == 0, $"npm could not fetch the official client. {await output} {await errors}");
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
