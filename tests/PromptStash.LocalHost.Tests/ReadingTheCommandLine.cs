using PromptStash.LocalHost.Data;

namespace PromptStash.LocalHost.Tests;

public sealed class ReadingTheCommandLine
{
    [Fact]
    public async Task Without_anything_gives_the_defaults()
    {
        var options = await ReadAsync();

        Assert.Equal(
            new LocalHostOptions(5080, DataFolder.DefaultPath(), CacheFolder.DefaultPath(), null, UsePgBouncer: false, CreateDemoUser: true),
            options! with { CacheFolder = CacheFolder.DefaultPath(), PostgresBin = null }); // The environment of a test run may set these.
    }

    [Fact]
    public async Task With_every_option_takes_them()
    {
        var options = await ReadAsync("--port", "0", "--data", "d", "--cache", "c", "--postgres-bin", "b", "--pgbouncer", "--no-demo");

        Assert.Equal(new LocalHostOptions(0, "d", "c", "b", UsePgBouncer: true, CreateDemoUser: false), options);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "-1")]
    [InlineData("--port", "http")]
    [InlineData("--prot", "80")]
    public async Task With_something_else_is_refused(params string[] args) => Assert.Null(await ReadAsync(args));

    private static async Task<LocalHostOptions?> ReadAsync(params string[] args)
    {
        LocalHostOptions? options = null;
        var command = CommandLine.Create(given =>
        {
            options = given;
            return Task.FromResult(0);
        });

        var exitCode = await command.Parse(args).InvokeAsync(
            new() { Output = TextWriter.Null, Error = TextWriter.Null }, TestContext.Current.CancellationToken);

        Assert.Equal(options is null ? 1 : 0, exitCode);
        return options;
    }
}
