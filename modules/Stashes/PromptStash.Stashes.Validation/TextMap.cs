namespace PromptStash.Stashes.Validation;

/// <summary>Turns offsets into lines and columns.</summary>
internal sealed class TextMap
{
    private readonly List<int> _starts = [0];
    private readonly int _length;

    public TextMap(string text)
    {
        _length = text.Length;
        for (var at = text.AsSpan().IndexOfAny('\r', '\n'); at >= 0;)
        {
            at += text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
            _starts.Add(at);
            var next = text.AsSpan(at).IndexOfAny('\r', '\n');
            at = next < 0 ? -1 : at + next;
        }
    }

    public int Lines => _starts.Count;

    /// <summary>The lines as editors count them: what the last line end leaves over is none.</summary>
    public int WrittenLines => _starts[^1] == _length ? _starts.Count - 1 : _starts.Count;

    public int StartOf(int line) => _starts[line - 1];

    /// <summary>Line and column, from 1; an offset outside the text counts as its nearest end.</summary>
    public (int Line, int Column) PositionOf(int offset)
    {
        offset = Math.Clamp(offset, 0, _length);
        var index = _starts.BinarySearch(offset);
        var line = index >= 0 ? index : ~index - 1;

        return (line + 1, offset - _starts[line] + 1);
    }
}
