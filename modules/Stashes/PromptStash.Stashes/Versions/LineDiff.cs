using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace PromptStash.Stashes.Versions;

/// <summary>What happens to a line.</summary>
internal enum DiffOperation
{
    /// <summary>It stays.</summary>
    Context,

    /// <summary>It is only in the old text.</summary>
    Delete,

    /// <summary>It is only in the new text.</summary>
    Insert,
}

/// <summary>A line of a hunk.</summary>
/// <param name="Op">What happens to it.</param>
/// <param name="Text">It, without the line feed at its end; a carriage return before that belongs to the line.</param>
/// <param name="NoNewline">It is the last of its text and no line feed follows it.</param>
internal sealed record DiffLine(DiffOperation Op, string Text, bool NoNewline);

/// <summary>A passage that differs, with unchanged lines around it. Lines are counted from 1.</summary>
/// <param name="OldStart">Its first line in the old text; of a hunk without any there, the line before it.</param>
/// <param name="OldLines">How many lines it has there.</param>
/// <param name="NewStart">Its first line in the new text; of a hunk without any there, the line before it.</param>
/// <param name="NewLines">How many lines it has there.</param>
/// <param name="Lines">They, in order.</param>
internal sealed record DiffHunk(int OldStart, int OldLines, int NewStart, int NewLines, IReadOnlyList<DiffLine> Lines);

/// <summary>Compares texts line by line. Only a line feed ends a line, as for <c>diff</c> and <c>patch</c>, so no byte is lost.</summary>
internal static class LineDiff
{
    /// <summary>How many lines a text has.</summary>
    public static int CountLines(string text) => text.AsSpan().Count('\n') + (text.Length > 0 && text[^1] != '\n' ? 1 : 0);

    /// <summary>The lines of two texts and the blocks in which they differ.</summary>
    public static DiffResult Blocks(string oldText, string newText) =>
        Differ.Instance.CreateDiffs(oldText, newText, ignoreWhiteSpace: false, ignoreCase: false, new LineFeedChunker());

    /// <summary>The passages that differ; none when the texts are the same.</summary>
    public static List<DiffHunk> Compare(string oldText, string newText, int context)
    {
        var diff = Blocks(oldText, newText);
        var oldLines = diff.PiecesOld;
        var newLines = diff.PiecesNew;
        var hunks = new List<DiffHunk>();
        for (var first = 0; first < diff.DiffBlocks.Count;)
        {
            // Changes whose context would touch or overlap are one hunk.
            var last = first;
            while (last + 1 < diff.DiffBlocks.Count
                && diff.DiffBlocks[last + 1].DeleteStartA - (diff.DiffBlocks[last].DeleteStartA + diff.DiffBlocks[last].DeleteCountA) <= 2 * context)
            {
                last++;
            }

            var before = Math.Min(context, diff.DiffBlocks[first].DeleteStartA);
            var oldStart = diff.DiffBlocks[first].DeleteStartA - before;
            var newStart = diff.DiffBlocks[first].InsertStartB - before;
            var at = (Old: oldStart, New: newStart);
            var lines = new List<DiffLine>();
            for (var i = first; i <= last; i++)
            {
                var block = diff.DiffBlocks[i];
                Keep(block.DeleteStartA - at.Old);
                for (var line = 0; line < block.DeleteCountA; line++)
                {
                    lines.Add(Line(DiffOperation.Delete, oldLines[at.Old++]));
                }

                for (var line = 0; line < block.InsertCountB; line++)
                {
                    lines.Add(Line(DiffOperation.Insert, newLines[at.New++]));
                }
            }

            Keep(Math.Min(context, oldLines.Count - at.Old));
            hunks.Add(new DiffHunk(
                Start(oldStart, at.Old), at.Old - oldStart, Start(newStart, at.New), at.New - newStart, lines));
            first = last + 1;

            void Keep(int count)
            {
                for (var line = 0; line < count; line++)
                {
                    lines.Add(Line(DiffOperation.Context, oldLines[at.Old++]));
                    at.New++;
                }
            }
        }

        return hunks;

        static int Start(int start, int end) => start == end ? start : start + 1;
    }

    /// <summary>The unified format (POSIX, <c>diff -u</c>), which <c>patch -p1</c> applies; empty when nothing differs.</summary>
    public static string ToUnified(string path, int oldVersion, int newVersion, IReadOnlyList<DiffHunk> hunks)
    {
        if (hunks.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"--- a/{path}\tv{oldVersion}\n+++ b/{path}\tv{newVersion}\n");
        foreach (var hunk in hunks)
        {
            text.Append(CultureInfo.InvariantCulture, $"@@ -{hunk.OldStart},{hunk.OldLines} +{hunk.NewStart},{hunk.NewLines} @@\n");
            foreach (var line in hunk.Lines)
            {
                text.Append(line.Op switch { DiffOperation.Delete => '-', DiffOperation.Insert => '+', _ => ' ' }).Append(line.Text).Append('\n');
                if (line.NoNewline)
                {
                    text.Append("\\ No newline at end of file\n");
                }
            }
        }

        return text.ToString();
    }

    private static DiffLine Line(DiffOperation operation, string line) =>
        line.EndsWith('\n') ? new DiffLine(operation, line[..^1], NoNewline: false) : new DiffLine(operation, line, NoNewline: true);

    /// <summary>Lines with their line feeds: the last one without differs from the same with.</summary>
    private sealed class LineFeedChunker : IChunker
    {
        public IReadOnlyList<string> Chunk(string text)
        {
            var lines = new List<string>();
            for (var start = 0; start < text.Length;)
            {
                var end = text.IndexOf('\n', start) is var feed and >= 0 ? feed + 1 : text.Length;
                lines.Add(text[start..end]);
                start = end;
            }

            return lines;
        }
    }
}
