using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>A disk in memory that is quickly full. Mounting takes Linux and root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Block = 64 * 1024;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    // Beside what PostgreSQL keeps there: in a tablespace it looks at its own folder only.
    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Mounts one of so many MiB.</summary>
    public static async Task<SmallDisk> MountAsync(string folder, int size, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var result = await Command.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size}m,mode=0700", "promptstash-test", folder], cancellationToken);
        Assert.True(result.Succeeded, $"A disk that can be filled has to be mounted, which takes root: {result.Everything}");

        return new SmallDisk(folder);
    }

    /// <summary>Leaves not a byte free.</summary>
    public void Fill()
    {
        using var ballast = File.OpenHandle(Ballast, FileMode.OpenOrCreate, FileAccess.Write);
        var offset = RandomAccess.GetLength(ballast);
        for (var block = new byte[Block]; ; offset += block.Length)
        {
            try
            {
                RandomAccess.Write(ballast, block, offset);
            }
            catch (IOException)
            {
                return; // That is what it is for.
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        var result = await Command.RunAsync("umount", [Folder], CancellationToken.None);
        Assert.True(result.Succeeded, result.Everything);
    }
}
