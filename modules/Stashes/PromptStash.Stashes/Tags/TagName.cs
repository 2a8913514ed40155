using System.Text;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Tags;

/// <summary>What a tag may be called: one line, trimmed, in Unicode's composed form (NFC), so that what looks the same is the same.</summary>
internal static class TagName
{
    /// <summary>Reads a name; <paramref name="error"/> says in words what is wrong with one that breaks the rules.</summary>
    public static bool TryParse(string? text, out string name, out string error)
    {
        name = "";
        error = "";
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "A tag's name is empty.";
            return false;
        }

        if (text.Any(char.IsControl))
        {
            error = "A tag's name holds a control character.";
            return false;
        }

        try
        {
            name = text.Trim().Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // A surrogate without its other half.
            error = "A tag's name is not valid Unicode.";
            return false;
        }

        error = name.Length > Tag.NameMaxLength ? $"A tag's name has at most {Tag.NameMaxLength} characters." : "";
        return error.Length == 0;
    }

    /// <summary>Reads many names. What is equal in all but case counts once, which PostgreSQL decides later.</summary>
    public static bool TryParseAll(IReadOnlyList<string?> texts, int max, out string[] names, out string error)
    {
        names = [];
        error = "";
        var parsed = new List<string>(texts.Count);
        foreach (var text in texts)
        {
            if (!TryParse(text, out var name, out error))
            {
                return false;
            }

            parsed.Add(name);
        }

        names = [.. parsed.Distinct(StringComparer.Ordinal)];
        error = names.Length > max ? $"A file has at most {max} tags." : "";
        return error.Length == 0;
    }
}
