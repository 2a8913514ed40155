using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace PromptStash.Benchmarks;

/// <summary>A user of a running PromptStash, <c>PROMPTSTASH_URL</c>, whose requests all have to succeed.</summary>
internal sealed class Client : IDisposable
{
    private readonly HttpClient _http;

    private Client(HttpClient http) => _http = http;

    /// <summary>A new user.</summary>
    public static async Task<Client> SignUpAsync()
    {
        var client = Connect();
        await client.SendAsync(HttpMethod.Post, "/api/auth/sign-up/email", JsonContent.Create(new
        {
            name = "Benchmark",
            email = $"benchmark-{RandomNumberGenerator.GetHexString(12, lowercase: true)}@example.com",
            password = RandomNumberGenerator.GetHexString(24),
        }));

        return client;
    }

    /// <summary>A user who is there already, <c>PROMPTSTASH_EMAIL</c> with <c>PROMPTSTASH_PASSWORD</c>.</summary>
    public static async Task<Client> SignInAsync()
    {
        var client = Connect();
        await client.SendAsync(HttpMethod.Post, "/api/auth/sign-in/email", JsonContent.Create(new { email = Setting("PROMPTSTASH_EMAIL"), password = Setting("PROMPTSTASH_PASSWORD") }));

        return client;

        static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"Set {name}.");
    }

    public void Dispose() => _http.Dispose();

    public async Task<Guid> DefaultStashAsync() => (await JsonAsync(HttpMethod.Get, "/api/v1/stashes")).GetProperty("items")[0].GetProperty("id").GetGuid();

    /// <summary>The bytes of the answer, read to their end.</summary>
    public async Task<byte[]> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
        {
            // Otherwise the fastest refusal would win.
            throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {Encoding.UTF8.GetString(body)}");
        }

        return body;
    }

    public async Task<JsonElement> JsonAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null) =>
        JsonElement.Parse(await SendAsync(method, path, body is null ? null : JsonContent.Create(body), ifMatch));

    /// <summary>Imports generated agents; they are the same whenever they are generated.</summary>
    public async Task ImportAsync(Guid stash, byte[] archive) =>
        await SendAsync(HttpMethod.Post, $"/api/v1/stashes/{stash}/import", new ByteArrayContent(archive) { Headers = { { "Content-Type", "application/zip" } } });

    public static byte[] ArchiveOf(int files)
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var number = 0; number < files; number++)
            {
                // Ten files to a folder, ten folders to another one.
                using var entry = zip.CreateEntry($"agents/team-{number / 100}/group-{number / 10}/agent-{number}.md", CompressionLevel.Fastest).Open();
                entry.Write(Encoding.UTF8.GetBytes(Words.Agent(number)));
            }
        }

        return archive.ToArray();
    }

    private static Client Connect()
    {
        var address = new Uri(Environment.GetEnvironmentVariable("PROMPTSTASH_URL") ?? "http://127.0.0.1:5080");
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));

        return new Client(http);
    }
}
