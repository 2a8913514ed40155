namespace PromptStash.LocalHost.Data;

/// <summary>Where things are kept that can be fetched again.</summary>
internal static class CacheFolder
{
    /// <summary>The user's cache folder as the operating system has it.</summary>
    public static string DefaultPath()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "promptstash", "cache");
        }

        if (Environment.IsPrivilegedProcess)
        {
            return "/var/cache/promptstash";
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(Folder(Environment.SpecialFolder.UserProfile), "Library", "Caches", "promptstash");
        }

        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(caches) ? Path.Combine(Folder(Environment.SpecialFolder.UserProfile), ".cache") : caches, "promptstash");
    }

    private static string Folder(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } path
            ? path
            : throw new LocalHostException("This user has no home folder to keep a cache in. Choose a folder with --cache DIR.");
}
