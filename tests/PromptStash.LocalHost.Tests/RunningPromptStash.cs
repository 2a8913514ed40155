using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace PromptStash.LocalHost.Tests;

/// <summary>A first start as a user makes it, for tests that only use what runs.</summary>
public sealed class RunningPromptStash : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private LocalHostProcess _process = null!;

    public string Data => _temp.In("data");

    public Uri Address { get; private set; } = null!;

    public string Printed => _process.Printed;

    public async ValueTask InitializeAsync()
    {
        _process = LocalHostProcess.Start(Data);
        Address = await _process.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _temp.Dispose();
    }

    /// <summary>A client as a browser is one: it keeps cookies and says where it comes from.</summary>
    public HttpClient CreateClient()
    {
        // The client owns the handler.
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Add("Origin", Address.GetLeftPart(UriPartial.Authority));

        return client;
    }

    /// <summary>A client of a user who has just signed up.</summary>
    public async Task<HttpClient> SignUpAsync(string name)
    {
        var client = CreateClient();
        using var response = await client.PostAsJsonAsync(
            "/api/auth/sign-up/email",
            new { name, email = $"{name}@example.com", password = Machine.NewPassword() },
            TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        return client;
    }

    /// <summary>An entry of connections.json.</summary>
    public static async Task<string> ConnectionAsync(string data, string name)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(data, "connections.json"), TestContext.Current.CancellationToken);
        using var connections = JsonDocument.Parse(text);

        return connections.RootElement.GetProperty(name).GetString()!;
    }
}
