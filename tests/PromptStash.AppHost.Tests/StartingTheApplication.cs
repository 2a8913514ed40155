using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PromptStash.AppHost.Tests;

[Trait("Category", "Containers")]
public sealed class StartingTheApplication(RunningApplication running) : IClassFixture<RunningApplication>
{
    private const string Password = "a passphrase long enough for 2FA";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brings_up_an_API_that_signs_people_up_and_gives_them_a_stash()
    {
        using var ada = await SignUpAsync("ada@example.com");

        var stashes = await ada.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled);

        var stash = Assert.Single(stashes.GetProperty("items").EnumerateArray());
        Assert.Equal("My PromptStash", stash.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Brings_up_an_API_that_keeps_versions_and_shares_the_newest_by_a_link()
    {
        using var ada = await SignUpAsync("ada.lovelace@example.com");
        var stash = (await ada.GetFromJsonAsync<JsonElement>("/api/v1/stashes", Cancelled)).GetProperty("items")[0].GetProperty("id").GetGuid();

        var file = await SendAsync(
            ada, HttpMethod.Post, $"/api/v1/stashes/{stash}/files", new { path = "CLAUDE.md", content = "Be brief." }, HttpStatusCode.Created);
        var id = file.GetProperty("id").GetGuid();
        var edited = await SendAsync(
            ada, HttpMethod.Put, $"/api/v1/files/{id}/content", new { content = "Be brief and kind." }, HttpStatusCode.OK, ifMatch: "\"v1\"");
        var link = await SendAsync(
            ada, HttpMethod.Post, "/api/v1/shares", new { target = new { type = "file", id }, with = "link", permission = "VIEW" }, HttpStatusCode.Created);
        using var stranger = running.CreateVisitor();
        var opened = await stranger.GetFromJsonAsync<JsonElement>($"/api/v1/shared/{link.GetProperty("token").GetString()}", Cancelled);

        Assert.Equal(2, edited.GetProperty("version").GetInt32());
        Assert.Equal("Be brief and kind.", opened.GetProperty("file").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Brings_up_the_pages_the_dashboard_links_to()
    {
        using var visitor = running.CreateVisitor();

        foreach (var path in (string[])["/", "/alive", "/health", "/scalar", "/openapi/v1.json"])
        {
            using var response = await visitor.GetAsync(new Uri(path, UriKind.Relative), Cancelled);

            Assert.True(response.IsSuccessStatusCode, $"{path} answers {(int)response.StatusCode}.");
        }
    }

    [Fact]
    public async Task Migrates_every_module_into_a_schema_of_its_own()
    {
        var tables = await TablesBySchemaAsync();

        Assert.All(["identity", "stashes", "sharing"], schema => Assert.Contains(schema, tables));
    }

    [Fact]
    public async Task Records_statements_for_the_slow_queries() => Assert.Contains("pg_stat_statements", await ExtensionsAsync());

    [Fact]
    public async Task Lets_the_database_be_reset_to_the_demo_data_and_works_again_afterwards()
    {
        using (await SignUpAsync("grace@example.com"))
        {
        }

        var reset = await running.Application.ResourceCommands.ExecuteCommandAsync("promptstash", "reset", Cancelled);
        Assert.True(reset.Success);
        await running.Application.ResourceNotifications.WaitForResourceHealthyAsync(
            "api", WaitBehavior.WaitOnResourceUnavailable, Cancelled);

        Assert.Contains("pg_stat_statements", await ExtensionsAsync());
        using var stranger = running.CreateVisitor();
        using var signIn = await stranger.PostAsJsonAsync(
            "/api/auth/sign-in/email", new { email = "grace@example.com", password = Password }, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, signIn.StatusCode);
        using var graceAgain = await SignUpAsync("grace@example.com");
        using var demo = running.CreateVisitor();
        using var demoSignIn = await demo.PostAsJsonAsync(
            "/api/auth/sign-in/email", new { email = "demo@promptstash.dev", password = "prompt stash on trial" }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, demoSignIn.StatusCode);
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("seed")]
    [InlineData("slow-queries")]
    public async Task Lets_the_database_be_looked_after_from_the_dashboard(string command)
    {
        var outcome = await running.Application.ResourceCommands.ExecuteCommandAsync("promptstash", command, Cancelled);

        Assert.True(outcome.Success, $"'{command}' failed; the log of its worker says why.");
    }

    private async Task<HttpClient> SignUpAsync(string email)
    {
        var visitor = running.CreateVisitor();
        using var response = await visitor.PostAsJsonAsync(
            "/api/auth/sign-up/email", new { name = "Ada", email, password = Password }, Cancelled);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));

        return visitor;
    }

    private static async Task<JsonElement> SendAsync(
        HttpClient client, HttpMethod method, string path, object body, HttpStatusCode expected, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.Add("If-Match", ifMatch);
        }

        using var response = await client.SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.StatusCode == expected, $"{method} {path} answers {(int)response.StatusCode}: {text}");

        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The schema of every table.</summary>
    private Task<List<string>> TablesBySchemaAsync() => AskAsync($"""SELECT schemaname::text AS "Value" FROM pg_tables""");

    private Task<List<string>> ExtensionsAsync() => AskAsync($"""SELECT extname::text AS "Value" FROM pg_extension""");

    /// <summary>Asks the database with Aspire's client over the direct connection.</summary>
    private async Task<List<string>> AskAsync(FormattableString sql)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["ConnectionStrings:promptstash"] =
            await running.Application.GetConnectionStringAsync("promptstash", Cancelled);
        builder.AddNpgsqlDbContext<OrchestratedDatabase>("promptstash");

        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<OrchestratedDatabase>();

        return await database.Database.SqlQuery<string>(sql).ToListAsync(Cancelled);
    }
}
