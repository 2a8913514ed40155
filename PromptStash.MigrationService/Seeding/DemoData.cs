using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PromptStash.Api;

namespace PromptStash.MigrationService.Seeding;

/// <summary>
/// Users, stashes and files to try things with. They are made through the API, started for that on the loopback interface, so that they are what
/// users would have made: hashed, checked, with versions and events. What is there already stays as it is.
/// </summary>
internal sealed class DemoData(DirectDatabase database)
{
    public const string DemoEmail = "demo@promptstash.dev";
    public const string ColleagueEmail = "grace@promptstash.dev";

    /// <summary>The first is the stash that every user has from the beginning.</summary>
    private static readonly (string Folder, string Stash)[] Stashes = [("personal", "My PromptStash"), ("payments", "Payments service")];

    /// <summary>The addresses of users beside the two, whose files are generated ones.</summary>
    public static string[] FurtherUsers(int count) => [.. Enumerable.Range(2, count).Select(number => $"demo{number}@promptstash.dev")];

    /// <summary>What was made now and what was there.</summary>
    public sealed record Outcome(IReadOnlyList<string> Users, int Created, int Updated, int Unchanged);

    /// <summary>Makes the two users and their stashes, and further users for generated files.</summary>
    public async Task<Outcome> CreateAsync(string password, string[] further, CancellationToken cancellationToken)
    {
        var mails = Directory.CreateTempSubdirectory("promptstash-seed-");
        try
        {
            await using var api = await StartApiAsync(mails.FullName, cancellationToken);
            try
            {
                return await FillAsync(api, password, further, cancellationToken);
            }
            finally
            {
                // Disposed of while it runs, it would log that its work in the background failed.
                await api.StopAsync(CancellationToken.None);
            }
        }
        finally
        {
            mails.Delete(recursive: true);
        }
    }

    private async Task<Outcome> FillAsync(WebApplication api, string password, string[] further, CancellationToken cancellationToken)
    {
        var address = new Uri(api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using var demo = await SignInAsync(address, "Demo", DemoEmail, password, cancellationToken);
        using var colleague = await SignInAsync(address, "Grace", ColleagueEmail, password, cancellationToken);
        foreach (var email in further)
        {
            (await SignInAsync(address, email[..email.IndexOf('@')], email, password, cancellationToken)).Dispose();
        }

        var outcome = new Outcome([DemoEmail, ColleagueEmail, .. further], 0, 0, 0);
        foreach (var (folder, name) in Stashes)
        {
            var result = await ImportAsync(demo, await StashAsync(demo, name, cancellationToken), folder, cancellationToken);
            outcome = outcome with
            {
                Created = outcome.Created + result.GetProperty("created").GetInt32(),
                Updated = outcome.Updated + result.GetProperty("updated").GetInt32(),
                Unchanged = outcome.Unchanged + result.GetProperty("unchanged").GetInt32(),
            };
        }

        await ProveAddressesAsync(outcome.Users, cancellationToken);

        return outcome;
    }

    private async Task<WebApplication> StartApiAsync(string mailFolder, CancellationToken cancellationToken)
    {
        var settings = database.Settings;
        settings.Pooling = true;
        (string Key, string Value)[] configuration =
        [
            ("urls", "http://127.0.0.1:0"),
            ("ConnectionStrings:promptstash", settings.ConnectionString),
            ("Api:PublicUrl", "http://127.0.0.1"),
            ("Mail:PickupFolder", mailFolder),
            ("Identity:RequireVerifiedEmail", "false"),
            ("Database:Monitoring:SlowCommand", "01:00:00"),
        ];
        var api = ApiHost.Create(
            [.. configuration.Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
            });
        await api.StartAsync(cancellationToken);

        return api;
    }

    private static async Task<HttpClient> SignInAsync(Uri address, string name, string email, string password, CancellationToken cancellationToken)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));
        using var signedIn = await client.PostAsJsonAsync("/api/auth/sign-in/email", new { email, password }, cancellationToken);
        if (signedIn.IsSuccessStatusCode)
        {
            return client;
        }

        using var signedUp = await client.PostAsJsonAsync("/api/auth/sign-up/email", new { name, email, password }, cancellationToken);
        if (signedUp.IsSuccessStatusCode)
        {
            return client;
        }

        client.Dispose();
        throw new MigrationException(
            $"User {email} is there with another password, or this one is refused ({(int)signedUp.StatusCode}): name theirs in PROMPTSTASH_SEED_PASSWORD.");
    }

    private static async Task<Guid> StashAsync(HttpClient client, string name, CancellationToken cancellationToken)
    {
        var page = await client.GetFromJsonAsync<JsonElement>("/api/v1/stashes?limit=100", cancellationToken);
        foreach (var stash in page.GetProperty("items").EnumerateArray())
        {
            if (stash.GetProperty("name").GetString() == name)
            {
                return stash.GetProperty("id").GetGuid();
            }
        }

        using var created = await client.PostAsJsonAsync("/api/v1/stashes", new { name, scope = "PROJECT", description = "How a team shares its agents, commands and rules." }, cancellationToken);

        return (await ReadAsync(created, cancellationToken)).GetProperty("id").GetGuid();
    }

    private static async Task<JsonElement> ImportAsync(HttpClient client, Guid stash, string folder, CancellationToken cancellationToken)
    {
        using var archive = new MemoryStream();
        await ZipFile.CreateFromDirectoryAsync(Path.Combine(AppContext.BaseDirectory, "Seeding", "Files", folder), archive, cancellationToken);
        using var content = new ByteArrayContent(archive.ToArray());
        content.Headers.ContentType = new("application/zip");
        using var imported = await client.PostAsync($"/api/v1/stashes/{stash}/import", content, cancellationToken);

        return await ReadAsync(imported, cancellationToken);
    }

    /// <summary>Nobody has these mailboxes, and where addresses must be proven the demo user could not sign in otherwise.</summary>
    private async Task ProveAddressesAsync(IReadOnlyList<string> emails, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(null, cancellationToken);
        await connection.ExecuteAsync(
            "UPDATE identity.users SET email_verified = true WHERE email = ANY ($1) AND NOT email_verified", cancellationToken, (object)emails.ToArray());
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) => response.IsSuccessStatusCode
        ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
        : throw new MigrationException($"The API refused the demo data ({(int)response.StatusCode}): {await response.Content.ReadAsStringAsync(cancellationToken)}");
}
