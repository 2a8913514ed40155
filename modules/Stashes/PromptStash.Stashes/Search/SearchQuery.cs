using System.Globalization;
using System.Text;
using System.Text.Json;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Search;

/// <summary>How a term is looked for.</summary>
internal enum SearchTermKind
{
    /// <summary>In any form of the word.</summary>
    Word,

    /// <summary>Words one after the other.</summary>
    Phrase,

    /// <summary>The beginning of a word.</summary>
    Prefix,
}

/// <summary>Something that a text has to say, or must not.</summary>
internal sealed record SearchTerm(SearchTermKind Kind, string Text, bool Excluded);

/// <summary>Something that a file has to be, or must not.</summary>
internal sealed record SearchFilter(string Name, string Value, bool Excluded);

/// <summary>A query as it was meant.</summary>
internal sealed record SearchQuery(IReadOnlyList<SearchTerm> Terms, IReadOnlyList<SearchFilter> Filters)
{
    /// <summary>The syntax, for descriptions of operations.</summary>
    public const string Syntax =
        "Words in any form, \"phrases\", -not, prefix*; and kind:agent, tag:review, path:skills/ (how the path begins), model:opus, tools:Bash, scope:project (what the stash is for), since:2026-11-01 (changed since, in UTC).";

    private static readonly Dictionary<string, string> Kinds = Enum.GetNames<FileKind>()
        .ToDictionary(name => JsonNamingPolicy.SnakeCaseUpper.ConvertName(name), name => JsonNamingPolicy.SnakeCaseUpper.ConvertName(name), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string> Scopes = Enum.GetNames<StashScope>()
        .ToDictionary(name => name, JsonNamingPolicy.SnakeCaseUpper.ConvertName, StringComparer.OrdinalIgnoreCase);

    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly string[] FilterNames = ["kind", "tag", "path", "model", "tools", "scope", "since"];

    /// <summary>The words of all that is to be said, whatever kind of term they stand in.</summary>
    public string WantedWords => Words(string.Join(' ', Terms.Where(term => !term.Excluded).Select(term => term.Text)));

    /// <summary>Reads a query; <paramref name="error"/> says what is wrong, and at which character, counted from 1.</summary>
    public static bool TryParse(string? text, int maxLength, int maxParts, out SearchQuery query, out string error)
    {
        query = new SearchQuery([], []);
        text ??= "";
        if (text.Length > maxLength)
        {
            error = $"The query is longer than {maxLength} characters.";
            return false;
        }

        if (text.AsSpan().IndexOfAnyInRange('\0', '\u001F') is var control and >= 0 && !char.IsWhiteSpace(text[control]))
        {
            error = At(control, "a control character.");
            return false;
        }

        try
        {
            // As names, paths and tags are kept: what looks the same is the same.
            text = text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // A surrogate without its other half.
            error = "The query is not valid Unicode.";
            return false;
        }

        var terms = new List<SearchTerm>();
        var filters = new List<SearchFilter>();
        for (var at = 0; (at = NextPart(text, at)) < text.Length;)
        {
            if (!TryReadPart(text, ref at, terms, filters, out error))
            {
                return false;
            }

            if (terms.Count + filters.Count > maxParts)
            {
                error = $"The query has more than {maxParts} terms and filters.";
                return false;
            }
        }

        query = new SearchQuery(terms, filters);
        error = terms.Exists(term => !term.Excluded) || filters.Exists(filter => !filter.Excluded)
            ? ""
            : "Say what to find: a word, a \"phrase\", a prefix*, or a filter such as kind:agent.";

        return error.Length == 0;
    }

    /// <summary>The words of a text, as the names of files are broken into words: at everything that is neither letter, mark nor digit.</summary>
    public static string Words(string text)
    {
        var words = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            words.Append(Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                ? rune.ToString()
                : " ");
        }

        return string.Join(' ', words.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool TryReadPart(string text, ref int at, List<SearchTerm> terms, List<SearchFilter> filters, out string error)
    {
        var start = at;
        var excluded = text[at] == '-';
        at += excluded ? 1 : 0;
        if (at == text.Length || char.IsWhiteSpace(text[at]))
        {
            error = At(start, "'-' needs a term right behind it.");
            return false;
        }

        var name = FilterName(text, at);
        at += name is null ? 0 : name.Length + 1;
        if (!TryReadValue(text, ref at, out var value, out var quoted, out error))
        {
            return false;
        }

        if (name is not null)
        {
            return TryAddFilter(name.ToLowerInvariant(), value, start, excluded, filters, out error);
        }

        var isPrefix = !quoted && value.EndsWith('*');
        if (Words(value).Length == 0)
        {
            error = At(start, "there is no letter or digit to find.");
            return false;
        }

        terms.Add(new SearchTerm(quoted ? SearchTermKind.Phrase : isPrefix ? SearchTermKind.Prefix : SearchTermKind.Word, value.TrimEnd('*'), excluded));
        return true;
    }

    private static bool TryReadValue(string text, ref int at, out string value, out bool quoted, out string error)
    {
        error = "";
        var start = at;
        quoted = at < text.Length && text[at] == '"';
        if (quoted)
        {
            var end = text.IndexOf('"', start + 1);
            value = end < 0 ? "" : text[(start + 1)..end];
            at = end < 0 ? text.Length : end + 1;
            error = end < 0 ? At(start, "the quotation mark has no other one behind it.") : "";
            return end >= 0;
        }

        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] != '"')
        {
            at++;
        }

        value = text[start..at];
        return true;
    }

    private static bool TryAddFilter(string name, string value, int at, bool excluded, List<SearchFilter> filters, out string error)
    {
        error = "";
        if (!FilterNames.Contains(name, StringComparer.Ordinal))
        {
            error = At(at, $"there is no filter '{name}'; there are {string.Join(", ", FilterNames)}. To find a colon in a text, put it in quotation marks.");
        }
        else if (value.Length == 0)
        {
            error = At(at, $"'{name}:' needs a value right behind it.");
        }
        else if (name == "kind" && !Kinds.TryGetValue(value.Replace('-', '_'), out value!))
        {
            error = At(at, $"there is no such kind; there are {string.Join(", ", Kinds.Keys)}.");
        }
        else if (name == "scope" && !Scopes.TryGetValue(value, out value!))
        {
            error = At(at, $"there is no such scope; there are {string.Join(", ", Scopes.Values)}.");
        }
        else if (name == "since" && !TryReadTime(value, out value))
        {
            error = At(at, "'since:' needs a day such as 2026-11-01, or a time such as 2026-11-01T09:30:00Z.");
        }
        else
        {
            filters.Add(new SearchFilter(name, value, excluded));
        }

        return error.Length == 0;
    }

    /// <summary>A day or time, in UTC unless it says otherwise; written in full.</summary>
    private static bool TryReadTime(string value, out string time)
    {
        var isTime = DateTimeOffset.TryParseExact(
            value, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read);
        time = read.ToString("O", CultureInfo.InvariantCulture);

        return isTime;
    }

    /// <summary>What stands before a colon, where it is a word.</summary>
    private static string? FilterName(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        return end > at && end < text.Length && text[end] == ':' ? text[at..end] : null;
    }

    private static int NextPart(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private static string At(int index, string message) => string.Create(CultureInfo.InvariantCulture, $"At character {index + 1}: {message}");
}
