using System.Text;
using DiffPlex.Model;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Stashes.Versions;

/// <summary>What came of merging: a text, or the passages that two people changed differently.</summary>
/// <param name="Text">Null when there are conflicts.</param>
/// <param name="Conflicts">Empty when there is a text.</param>
internal sealed record MergedText(string? Text, IReadOnlyList<ProposalResult.Conflict> Conflicts);

/// <summary>
/// Brings together what was made of one text in two places (diff3). DiffPlex finds the differences; its own three-way merge drops lines that
/// were added at an end, so the passages are put together here.
/// </summary>
internal static class ThreeWayMerge
{
    /// <summary>
    /// Takes over the changes of both sides. Changes of both that overlap, or touch without a line between them, are a conflict unless they
    /// are the same: where nothing separates them nobody knows what belongs to what.
    /// </summary>
    public static MergedText Merge(string baseText, string current, string proposed)
    {
        var (ours, theirs) = (new Side(LineDiff.Blocks(baseText, current)), new Side(LineDiff.Blocks(baseText, proposed)));
        var text = new StringBuilder(Math.Max(current.Length, proposed.Length));
        var conflicts = new List<ProposalResult.Conflict>();
        var at = 0;
        while (Math.Min(ours.NextStart, theirs.NextStart) is var start && start < int.MaxValue)
        {
            Keep(start);
            var (oursFrom, theirsFrom) = (ours.LineAt(start), theirs.LineAt(start));
            var end = start;
            var (oursChanged, theirsChanged) = (false, false);
            for (var grows = true; grows;)
            {
                grows = false;
                oursChanged |= Take(ours);
                theirsChanged |= Take(theirs);

                bool Take(Side side)
                {
                    if (side.NextStart > end)
                    {
                        return false;
                    }

                    end = Math.Max(end, side.Pass());

                    return grows = true;
                }
            }

            var (oursLines, theirsLines) = (ours.LineAt(end) - oursFrom, theirs.LineAt(end) - theirsFrom);
            if (!oursChanged)
            {
                theirs.Write(text, theirsFrom, theirsLines);
            }
            else if (!theirsChanged || ours.Equals(oursFrom, oursLines, theirs, theirsFrom, theirsLines))
            {
                ours.Write(text, oursFrom, oursLines);
            }
            else
            {
                conflicts.Add(new ProposalResult.Conflict(
                    First(start, end - start), end - start, First(oursFrom, oursLines), oursLines, First(theirsFrom, theirsLines), theirsLines));
            }

            at = end;
        }

        Keep(ours.BaseLines.Count);

        return conflicts.Count == 0 ? new MergedText(text.ToString(), conflicts) : new MergedText(Text: null, conflicts);

        void Keep(int end)
        {
            for (; at < end; at++)
            {
                text.Append(ours.BaseLines[at]);
            }
        }

        static int First(int start, int lines) => lines == 0 ? start : start + 1;
    }

    /// <summary>What one side made of the base, read block by block.</summary>
    private sealed class Side(DiffResult diff)
    {
        private int _next;

        /// <summary>How many lines this side has more than the base, up to where it was read.</summary>
        private int _offset;

        public IReadOnlyList<string> BaseLines => diff.PiecesOld;

        /// <summary>Where in the base the next change begins.</summary>
        public int NextStart => _next < diff.DiffBlocks.Count ? diff.DiffBlocks[_next].DeleteStartA : int.MaxValue;

        /// <summary>Goes past a change and tells where in the base it ends.</summary>
        public int Pass()
        {
            var block = diff.DiffBlocks[_next++];
            _offset += block.InsertCountB - block.DeleteCountA;

            return block.DeleteStartA + block.DeleteCountA;
        }

        /// <summary>Where a line of the base is on this side; no change that was not passed may lie before it.</summary>
        public int LineAt(int baseLine) => baseLine + _offset;

        public void Write(StringBuilder text, int from, int count)
        {
            for (var line = from; line < from + count; line++)
            {
                text.Append(diff.PiecesNew[line]);
            }
        }

        public bool Equals(int from, int count, Side other, int otherFrom, int otherCount) =>
            count == otherCount && Enumerable.Range(0, count).All(line => string.Equals(diff.PiecesNew[from + line], other.PieceAt(otherFrom + line), StringComparison.Ordinal));

        private string PieceAt(int line) => diff.PiecesNew[line];
    }
}
