using System.Buffers;
using System.Collections.Frozen;

namespace PromptStash.Stashes.Validation;

/// <summary>Finds names that Windows cannot hold: its documentation of file systems, "Naming Files, Paths, and Namespaces".</summary>
internal static class PortablePath
{
    private static readonly SearchValues<char> Refused = SearchValues.Create("<>:\"\\|?*");

    /// <summary>Devices, which are meant whatever ending follows.</summary>
    private static readonly FrozenSet<string> Devices = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. from port in new[] { "COM", "LPT" } from number in "123456789\u00B9\u00B2\u00B3" select $"{port}{number}"]);

    public static void Check(Report report)
    {
        foreach (var name in report.Path.Split('/'))
        {
            if (Wrong(name) is { } wrong)
            {
                report.AddOfPath(FindingCodes.PathNotPortable, $"In the file's path `{Shown.Short(name)}` {wrong}.");
                return;
            }
        }
    }

    private static string? Wrong(string name)
    {
        var refused = name.AsSpan().IndexOfAny(Refused);

        return refused >= 0 ? $"has the character {name[refused]}"
            : name.EndsWith('.') || name.EndsWith(' ') ? "ends with a dot or a space"
            : Devices.Contains(name.Split('.')[0].TrimEnd()) ? "is the name of a device"
            : name.Any(char.IsControl) ? "has a control character"
            : null;
    }
}
