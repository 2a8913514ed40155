using System.Globalization;
using System.Text;

namespace PromptStash.Stashes.Files;

/// <summary>The rules of paths inside a stash, and the parts of one that keeps them.</summary>
/// <remarks>
/// A path is relative and '/'-separated and leads to one and the same place wherever a stash is exported to: so no empty, '.' or '..'
/// segment, no backslash, drive or control character, and none of the device names of Windows (learn.microsoft.com, "Naming Files, Paths,
/// and Namespaces"). Nor may it look like another one: no character that turns the direction of writing round, ends a line or is nothing
/// but invisible (unicode.org, UTS #39, 3.1). Everything else is kept as it came, in Unicode's composed form (NFC); what Windows could not
/// unpack has a finding.
/// </remarks>
internal static class StashPath
{
    /// <summary>The longest path, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The longest segment, in bytes of UTF-8: what most file systems allow.</summary>
    public const int MaxSegmentBytes = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a path; <paramref name="error"/> says in words what is wrong with one that breaks the rules.</summary>
    public static bool TryParse(string? text, out string path, out string error)
    {
        path = "";
        if (string.IsNullOrEmpty(text))
        {
            error = "The path is empty.";
            return false;
        }

        if (!TryNormalize(text, out path))
        {
            error = "The path is not valid Unicode.";
            return false;
        }

        error = Check(path);
        return error.Length == 0;
    }

    /// <summary>Reads a single segment: the name of a file or folder.</summary>
    public static bool TryParseName(string? text, out string name, out string error)
    {
        if (!TryParse(text, out name, out error))
        {
            return false;
        }

        error = name.Contains('/', StringComparison.Ordinal) ? "A name has no '/'; to move something, name the folder that it goes to." : "";
        return error.Length == 0;
    }

    /// <summary>The path of a name in a folder; null stands for the root.</summary>
    public static string Join(string? folder, string name) => folder is null ? name : $"{folder}/{name}";

    /// <summary>Whether the path would lead out of the stash: a sign of an attack, not of a slip.</summary>
    public static bool Escapes(string text) =>
        text.StartsWith('/') || text.StartsWith('\\') || HasDrive(text) || text.Split('/', '\\').Contains("..");

    /// <summary>The last segment.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The path without its last segment; null at the root.</summary>
    public static string? ParentOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : null;

    /// <summary>All folders above a path, the outermost first.</summary>
    public static IEnumerable<string> AncestorsOf(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    /// <summary>Adds the folders above a path to a set that holds each folder's parents too, looking only at those that are new.</summary>
    public static void AddAncestors(HashSet<string> folders, string path)
    {
        for (var folder = ParentOf(path); folder is not null && folders.Add(folder); folder = ParentOf(folder))
        {
        }
    }

    private static bool TryNormalize(string text, out string normalized)
    {
        try
        {
            normalized = text.Normalize(NormalizationForm.FormC);
            return true;
        }
        catch (ArgumentException)
        {
            // A surrogate without its other half.
            normalized = "";
            return false;
        }
    }

    private static string Check(string path)
    {
        if (StrictUtf8.GetByteCount(path) > MaxBytes)
        {
            return $"The path is longer than {MaxBytes} bytes.";
        }

        if (path[0] == '/' || HasDrive(path))
        {
            return "The path is absolute; it must be relative to the stash.";
        }

        foreach (var segment in path.Split('/'))
        {
            if (CheckSegment(segment) is { Length: > 0 } error)
            {
                return error;
            }
        }

        return "";
    }

    private static string CheckSegment(string segment)
    {
        if (segment.Length == 0)
        {
            return "The path has an empty segment: two slashes in a row, or one at the end.";
        }

        if (segment is "." or "..")
        {
            return $"The path has the segment '{segment}'.";
        }

        if (segment.Any(char.IsControl))
        {
            return "The path has a control character.";
        }

        if (segment.EnumerateRunes().Any(IsHidden))
        {
            return "The path has a character that cannot be seen, or that turns the others round.";
        }

        if (segment.Contains('\\', StringComparison.Ordinal))
        {
            return "The path has a backslash; segments are separated by '/'.";
        }

        if (StrictUtf8.GetByteCount(segment) > MaxSegmentBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"A segment of the path is longer than {MaxSegmentBytes} bytes.");
        }

        return WindowsDevice.IsMeantBy(segment) ? $"'{segment}' is a reserved name on Windows." : "";
    }

    /// <summary>
    /// The zero-width space, joiner and byte order mark, the separators of lines and paragraphs, what embeds, overrides and isolates a direction,
    /// invisible operators and tags. The joiners of emoji and of some scripts, and single direction marks, are part of honest names.
    /// </summary>
    private static bool IsHidden(Rune rune) => rune.Value is
        0x200B or (>= 0x2028 and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or (>= 0xE0000 and <= 0xE007F);

    private static bool HasDrive(string text) => text.Length >= 2 && char.IsAsciiLetter(text[0]) && text[1] == ':';
}
