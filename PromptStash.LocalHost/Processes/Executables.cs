namespace PromptStash.LocalHost.Processes;

/// <summary>Finds programs the way a shell does.</summary>
internal static class Executables
{
    /// <summary>The full path of a program in PATH or in one of the other folders, or null.</summary>
    public static string? Find(string name, params IEnumerable<string> otherFolders) =>
        PathFolders().Concat(otherFolders)
            .SelectMany(folder => Names(name).Select(candidate => Path.Combine(folder, candidate)))
            .FirstOrDefault(File.Exists);

    /// <summary>The name a compiled program has on this platform.</summary>
    public static string Named(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    public static IEnumerable<string> PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Names(string name) =>
        OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name];
}
