using System.Diagnostics;
using PromptStash.Deployment.Tests;

namespace PromptStash.AppHost.Tests;

/// <summary>What publishing writes, in a folder of its own. It starts AppHost as a process, needs no container engine and pulls nothing.</summary>
public sealed class PublishedFiles : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("promptstash-publish-");

    internal ComposeFile Compose => ComposeFile.Read(Path.Combine(_folder.FullName, "docker-compose.yaml"));

    /// <summary>The variables that the file asks for; none has a value, so no secret is written.</summary>
    internal Dictionary<string, string> Variables => File.ReadLines(Path.Combine(_folder.FullName, ".env"))
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The compose file that people are told to use.</summary>
    internal static ComposeFile Deployed { get; } = ComposeFile.Read(Path.Combine(FindRoot(), "deploy", "docker-compose.yaml"));

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "PromptStash.AppHost.dll"),
                "--operation", "publish", "--step", "publish", "--output-path", _folder.FullName,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        // A failed publish ends with 0, too: what counts is the file.
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "docker-compose.yaml")), $"Nothing was published.\n{await output}\n{await error}");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);

        return ValueTask.CompletedTask;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PromptStash.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository; they read deploy/docker-compose.yaml.");
    }
}
