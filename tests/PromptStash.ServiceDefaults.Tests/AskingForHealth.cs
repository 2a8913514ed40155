using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace PromptStash.ServiceDefaults.Tests;

public sealed class AskingForHealth
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_process_that_is_ready_ends_with_0()
    {
        await using var process = await StartAsync(StatusCodes.Status200OK);

        Assert.Equal((0, ""), await AskAsync(PortOf(process)));
    }

    [Fact]
    public async Task Of_a_process_that_is_not_ready_ends_with_1_and_says_what_is_missing()
    {
        await using var process = await StartAsync(StatusCodes.Status503ServiceUnavailable);

        var (exitCode, error) = await AskAsync(PortOf(process));

        Assert.Equal(1, exitCode);
        Assert.Contains("503: 3 migrations are pending", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_nobody_ends_with_1()
    {
        // Taken and given back: nobody listens there any more.
        var process = await StartAsync(StatusCodes.Status200OK);
        var port = PortOf(process);
        await process.DisposeAsync();

        var (exitCode, error) = await AskAsync(port);

        Assert.Equal(1, exitCode);
        Assert.Contains("does not answer", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> AskAsync(int port)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("HTTP_PORTS", $"{port};1")]).Build();
        await using var error = new StringWriter();

        return (await HealthProbe.RunAsync(settings, error, Cancelled), error.ToString());
    }

    private static async Task<WebApplication> StartAsync(int statusCode)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/health", () => Results.Text("3 migrations are pending", statusCode: statusCode));
        await app.StartAsync(Cancelled);

        return app;
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Urls.Single()).Port;
}
