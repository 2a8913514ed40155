namespace PromptStash.LocalHost.Tests;

/// <summary>A folder of one test, open to the user that PostgreSQL runs as, gone afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    private const UnixFileMode OpenToAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TempFolder()
    {
        Path = Directory.CreateTempSubdirectory("promptstash-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, OpenToAll);
        }
    }

    public string Path { get; }

    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>The modes of a path; a test that asks is skipped on Windows, which has none.</summary>
    public static UnixFileMode Mode(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
#pragma warning disable CA1416 // The analyzer does not know that skipping ends the test.
        return File.GetUnixFileMode(path);
#pragma warning restore CA1416
    }

    public string In(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Writes a file that every user may run.</summary>
    public string Script(string text, params string[] names)
    {
        var path = In(names);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        for (var current = path; current != Path && !OperatingSystem.IsWindows(); current = System.IO.Path.GetDirectoryName(current)!)
        {
            File.SetUnixFileMode(current, OpenToAll); // Whatever the umask is.
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
