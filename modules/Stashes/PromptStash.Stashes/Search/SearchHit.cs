using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Search;

/// <summary>A file that was found.</summary>
/// <param name="File">The file, without its content.</param>
/// <param name="Score">How well it fits: comparable within one search only.</param>
/// <param name="Snippets">Passages that say why. Plain text: whoever shows it as HTML escapes it.</param>
internal sealed record SearchHit(FileSummary File, float Score, IReadOnlyList<SearchSnippet> Snippets)
{
    public static readonly SearchHit Example = new(
        FileSummary.ReadExample, 0.66f, [new SearchSnippet("content", [new("Read the ", false), new("diff", true), new(" first.", false)])]);
}

/// <summary>A passage.</summary>
/// <param name="Field">Where it is: <c>description</c> or <c>content</c>.</param>
/// <param name="Segments">The passage, in pieces.</param>
internal sealed record SearchSnippet(string Field, IReadOnlyList<SnippetSegment> Segments);

/// <summary>A piece of a passage.</summary>
/// <param name="Text">As it is in the file.</param>
/// <param name="IsMatch">Whether this is what was searched for.</param>
internal sealed record SnippetSegment(string Text, bool IsMatch);

/// <summary>What a search found.</summary>
/// <param name="Items">Files, the best first.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; absent on the last one.</param>
/// <param name="DidYouMean">Where few files were found: others whose names are nearly what was asked for, at most five, on the first page.</param>
internal sealed record SearchResult(IReadOnlyList<SearchHit> Items, string? Next, IReadOnlyList<SearchHit> DidYouMean)
{
    public static readonly SearchResult Example = new([SearchHit.Example], Next: null, []);
}
