using System.Collections.Frozen;

namespace PromptStash.Stashes.Validation;

/// <summary>The names that Windows keeps for devices (learn.microsoft.com, "Naming Files, Paths, and Namespaces").</summary>
public static class WindowsDevice
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. from port in new[] { "COM", "LPT" } from number in "0123456789¹²³" select $"{port}{number}"]);

    /// <summary>Whether Windows takes a file's name for a device: 'aux', 'AUX.md' and 'aux .txt' are one.</summary>
    public static bool IsMeantBy(string fileName) => Names.Contains(fileName.Split('.')[0].TrimEnd(' '));
}
