namespace PromptStash.Stashes.Search;

/// <summary>
/// The characters between which PostgreSQL puts what was found. They are control characters that are taken out of the text beforehand, so
/// that no content can fake a mark.
/// </summary>
internal static class SnippetMarks
{
    public const char Start = '\u0002';
    public const char Stop = '\u0003';
    public const char Between = '\u0004';

    /// <summary>Stands for '&lt;' meanwhile: PostgreSQL's parser takes what follows that for a tag, and leaves tags out.</summary>
    public const char LessThan = '\u0005';

    /// <summary>Stands around a character that is a word of its own, where no space may be seen.</summary>
    public const char Apart = '\u0006';

    /// <summary>Makes snippets of one marked text.</summary>
    public static IEnumerable<SearchSnippet> Read(string field, string? marked)
    {
        foreach (var fragment in (marked ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries))
        {
            var segments = new List<SnippetSegment>();
            var isMatch = false;
            for (var at = 0; at < fragment.Length;)
            {
                var next = fragment.IndexOfAny([Start, Stop], at) is var mark and >= 0 ? mark : fragment.Length;
                var text = fragment[at..next].Replace(LessThan, '<').Replace($"{Apart}", "", StringComparison.Ordinal);
                if (text.Length > 0 && segments is [.., var last] && last.IsMatch == isMatch)
                {
                    // Characters that were words are one word to a reader.
                    segments[^1] = last with { Text = last.Text + text };
                }
                else if (text.Length > 0)
                {
                    segments.Add(new SnippetSegment(text, isMatch));
                }

                isMatch = next < fragment.Length && fragment[next] == Start;
                at = next + 1;
            }

            if (segments.Count > 0)
            {
                yield return new SearchSnippet(field, segments);
            }
        }
    }
}
