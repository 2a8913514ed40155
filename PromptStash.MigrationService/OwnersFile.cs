namespace PromptStash.MigrationService;

/// <summary>A file that nobody but its owner may read, whatever the umask says and whoever could read what was there under its name.</summary>
internal static class OwnersFile
{
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, options);
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        options.UnixCreateMode = Owner;
        var file = new FileStream(path, options);
        try
        {
            // A file that was there keeps its mode otherwise.
            File.SetUnixFileMode(file.SafeFileHandle, Owner);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }
}
