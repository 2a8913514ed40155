namespace PromptStash.LocalHost.Data;

/// <summary>Folders and files that nobody but their owner may read. On Windows the user's own folders are that already.</summary>
internal static class OwnerOnly
{
    /// <summary>Creates a folder. One that exists keeps its mode: it is the user's. Missing parents are made with the usual mode.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes a file in one step: a reader, and the next start after a crash, sees the old content or the new, never a part.</summary>
    public static void Write(string path, string content)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished); // What a killed process left may have another owner or mode.

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(unfinished, options))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(content);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
