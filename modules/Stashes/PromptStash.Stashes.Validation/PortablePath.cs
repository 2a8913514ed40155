using System.Buffers;

namespace PromptStash.Stashes.Validation;

/// <summary>Finds names that Windows cannot hold: its documentation of file systems, "Naming Files, Paths, and Namespaces".</summary>
internal static class PortablePath
{
    private static readonly SearchValues<char> Refused = SearchValues.Create("<>:\"\\|?*");

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
            : WindowsDevice.IsMeantBy(name) ? "is the name of a device"
            : name.Any(char.IsControl) ? "has a control character"
            : null;
    }
}
