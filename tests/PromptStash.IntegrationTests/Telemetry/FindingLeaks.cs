using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using PromptStash.IntegrationTests.Identity;
using PromptStash.ServiceDefaults;

namespace PromptStash.IntegrationTests.Telemetry;

/// <summary>The watch over the telemetry of all tests sees what it is there to see: a test that leaks is no test of the watch's otherwise.</summary>
public sealed class FindingLeaks(PromptStashApp app)
{
    private const string Secret = "nine silent herons by a pond";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Places => ["message", "field", "exception", "scope", "span", "tag", "event", "status", "metric"];

    [Theory]
    [MemberData(nameof(Places))]
    public void Finds_a_secret_wherever_it_is_told(string place)
    {
        var name = $"Watched.{place}";
        using var watch = new TelemetryWatch(watched => watched == name);
        watch.Secrets.Add(Secret);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        watch.Watch(builder);
        using var app = builder.Build();

        Tell(place, name, app.Services.GetRequiredService<ILogger<FindingLeaks>>());

        Assert.Contains(watch.FindLeaks(), leak => leak.Contains("nine silent herons", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseConnection.Name, 1)]
    [InlineData("of a test", 0)]
    public async Task Looks_at_the_commands_of_the_product_alone(string dataSource, int leaks)
    {
        using var watch = new TelemetryWatch(TelemetryWatch.IsExported);
        watch.Secrets.Add(Secret);
        await using var source = new NpgsqlDataSourceBuilder(app.DirectConnection) { Name = dataSource }.Build();

        await using (var command = source.CreateCommand($"SELECT '{Secret}'"))
        {
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        Assert.Equal(leaks, watch.FindLeaks().Count);
    }

    [Fact]
    public void Finds_a_piece_of_a_long_text()
    {
        var secrets = new SecretIndex();
        secrets.Add($"---\nname: reviewer\n---\n{new string('x', 5000)}\nThe last line of it.\n");

        Assert.NotNull(secrets.FindIn("Cannot read: ---\nname: reviewer\n---\nxxxxx, and so on"));
    }

    [Fact]
    public void Finds_nothing_in_what_is_told_on_purpose()
    {
        var secrets = new SecretIndex();
        foreach (var text in (string[])["0199a1b2-0000-7000-8000-000000000001", "2027-01-01T00:00:00Z", "OUTPUT_STYLE", "stashes:read", "                        ", "short"])
        {
            secrets.Add(text);
        }

        Assert.Equal(0, secrets.Count);
    }

    [Theory]
    [InlineData("secret-github-token", true)]
    [InlineData("tr_files_path_clash", true)]
    [InlineData(Secret, false)]
    [InlineData(AuthClient.Password, false)]
    [InlineData(AuthClient.OtherPassword, false)]
    public void Knows_the_words_of_the_product(string text, bool isOne) => Assert.Equal(isOne, OwnWords.Hold(text));

    [Theory]
    [InlineData("password", true)]
    [InlineData("newPassword", true)]
    [InlineData("token", true)]
    [InlineData("path", false)]
    public async Task Finds_what_was_sent_as_a_credential_whatever_it_is(string field, bool isFound)
    {
        const string OwnName = "secret-github-token";
        using var watch = new TelemetryWatch(_ => false);
        await using var app = await StartAsync(watch);
        using var client = new HttpClient { BaseAddress = PromptStashApp.AddressOf(app) };

        await client.PostAsJsonAsync("/", new Dictionary<string, string> { [field] = OwnName }, Cancelled);

        Assert.Equal(isFound, watch.Secrets.FindIn($"It was {OwnName}.", OwnWords.Hold) is not null);
    }

    [Theory]
    [InlineData("application/zip")]
    [InlineData("application/gzip")]
    [InlineData("multipart/form-data")]
    public async Task Notes_the_files_in_an_archive(string contentType)
    {
        using var watch = new TelemetryWatch(_ => false);
        await using var app = await StartAsync(watch);
        using var client = new HttpClient { BaseAddress = PromptStashApp.AddressOf(app) };
        using var body = new MemoryStream();
        if (contentType == "application/gzip")
        {
            await using var packed = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
            await using var tar = new TarWriter(packed);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "owls.md") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Secret)) }, Cancelled);
        }
        else
        {
            await using var zip = new ZipArchive(body, ZipArchiveMode.Create, leaveOpen: true);
            await using var entry = new StreamWriter(await zip.CreateEntry("owls.md").OpenAsync(Cancelled));
            await entry.WriteAsync(Secret);
        }

        using var archive = new ByteArrayContent(body.ToArray());
        archive.Headers.ContentType = new(contentType == "application/gzip" ? contentType : "application/zip");
        using HttpContent content = contentType == "multipart/form-data" ? new MultipartFormDataContent { { archive, "file", "owls.zip" } } : archive;
        await client.PostAsync(new Uri("/", UriKind.Relative), content, Cancelled);

        Assert.NotNull(watch.Secrets.FindIn($"Cannot read: {Secret}."));
    }

    [Fact]
    public void Looks_at_what_processes_printed()
    {
        using var watch = new TelemetryWatch(_ => false);
        watch.Secrets.Add(Secret);

        watch.LookAtPrinted(["info: Nothing", $"fail: Cannot take {Secret}"]);

        Assert.Single(watch.FindLeaks());
    }

    [Theory]
    [InlineData("cookie")]
    [InlineData("bearer")]
    [InlineData("query")]
    [InlineData("path")]
    [InlineData("json")]
    [InlineData("form")]
    [InlineData("given cookie")]
    public async Task Notes_what_is_in_a_request(string part)
    {
        const string Sent = "3-quiet-owls-in-a-barn";
        using var watch = new TelemetryWatch(_ => false);
        await using var app = await StartAsync(watch, given: part == "given cookie" ? Sent : "");
        using var client = new HttpClient { BaseAddress = PromptStashApp.AddressOf(app) };
        using var request = new HttpRequestMessage(HttpMethod.Post, part switch { "query" => $"/?q={Sent}", "path" => $"/shared/{Sent}", _ => "/" });
        request.Content = part switch
        {
            "json" => JsonContent.Create(new { file = new { content = Sent } }),
            "form" => new FormUrlEncodedContent([new("password", Sent)]),
            _ => null,
        };
        request.Headers.TryAddWithoutValidation(part == "cookie" ? "Cookie" : "Authorization", part switch { "cookie" => $"session={Sent}", "bearer" => $"Bearer {Sent}", _ => "" });

        await client.SendAsync(request, Cancelled);

        Assert.NotNull(watch.Secrets.FindIn($"It was {Sent}."));
    }

    /// <summary>An API that reads what it is sent.</summary>
    private static async Task<WebApplication> StartAsync(TelemetryWatch watch, string given = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        watch.Watch(builder);
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.Cookies.Append("given", given);
        });
        await app.StartAsync(Cancelled);

        return app;
    }

    private static void Tell(string place, string name, ILogger logger)
    {
        using var source = new ActivitySource(name);
        using var meter = new Meter(name);
        using var span = source.StartActivity(place == "span" ? Secret : "a span");
        using var scope = logger.BeginScope(place == "scope" ? Secret : "a scope");
        switch (place)
        {
            case "message" or "field":
                logger.Log(LogLevel.Information, default, new Dictionary<string, object?> { ["password"] = place == "field" ? Secret : "" }, null, (_, _) => place == "message" ? Secret : "A line");
                break;
            case "exception":
                logger.Log(LogLevel.Error, default, "A line", new InvalidOperationException(Secret), (state, _) => state);
                break;
            case "scope":
                logger.Log(LogLevel.Information, default, "A line", null, (state, _) => state);
                break;
            case "tag":
                span!.SetTag("password", Secret);
                break;
            case "event":
                span!.AddEvent(new ActivityEvent("tried", tags: new ActivityTagsCollection { ["password"] = Secret }));
                break;
            case "status":
                span!.SetStatus(ActivityStatusCode.Error, Secret);
                break;
            case "metric":
                meter.CreateCounter<long>("tries").Add(1, new KeyValuePair<string, object?>("password", Secret));
                break;
        }
    }
}
