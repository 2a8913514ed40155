using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Tests;

public sealed class MergingTexts
{
    /// <summary>Few different lines, so that texts have much in common; the last may lack its line feed.</summary>
    private static readonly Gen<string> Text = Gen.Select(
        Gen.OneOf("a\n", "b\n", "c\r\n", "\n", "d\n", "e\n").Array[0, 12].Select(string.Concat), Gen.OneOf("", "", "f"), string.Concat);

    /// <summary>A text in which every line is another one, and two sets of changes to it: what was made of it is known by its lines alone.</summary>
    private static readonly Gen<(string Base, string Current, string Proposed)> Edits =
        Gen.Select(Gen.Int[0, 20], Changes("current"), Changes("proposed"), (lines, ours, theirs) =>
        {
            var text = Enumerable.Range(0, lines).Select(line => $"line {line}\n").ToList();

            return (string.Concat(text), ours(text), theirs(text));
        });

    [Fact]
    public void Of_which_one_is_the_base_gives_the_other() => Gen.Select(Text, Text).Sample((text, changed) =>
    {
        Assert.Equal(changed, ThreeWayMerge.Merge(text, changed, text).Text);
        Assert.Equal(changed, ThreeWayMerge.Merge(text, text, changed).Text);
    }, iter: 20_000);

    [Fact]
    public void That_are_the_same_gives_it() =>
        Gen.Select(Text, Text).Sample((text, changed) => Assert.Equal(changed, ThreeWayMerge.Merge(text, changed, changed).Text), iter: 20_000);

    [Fact]
    public void Gives_the_same_from_either_side() => Gen.Select(Text, Text, Text).Sample((text, one, other) =>
    {
        var (there, back) = (ThreeWayMerge.Merge(text, one, other), ThreeWayMerge.Merge(text, other, one));

        Assert.Equal(there.Text, back.Text);
        Assert.Equal(there.Conflicts, back.Conflicts.Select(c => new ProposalResult.Conflict(
            c.BaseStart, c.BaseLines, c.ProposedStart, c.ProposedLines, c.CurrentStart, c.CurrentLines)));
    }, iter: 20_000);

    [Fact]
    public void Loses_no_line_that_either_side_added_and_keeps_none_that_either_removed() => Edits.Sample((text, current, proposed) =>
    {
        var merged = ThreeWayMerge.Merge(text, current, proposed);
        if (merged.Text is null)
        {
            return;
        }

        var (old, ours, theirs) = (Lines(text), Lines(current), Lines(proposed));
        var expected = ours.Union(theirs).Where(line => !old.Contains(line) || (ours.Contains(line) && theirs.Contains(line)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Lines(merged.Text).Order(StringComparer.Ordinal));
    }, iter: 20_000);

    [Fact]
    public void Names_in_a_conflict_lines_that_differ_from_the_base_on_both_sides() => Gen.Select(Text, Text, Text).Sample((text, current, proposed) =>
        Assert.All(ThreeWayMerge.Merge(text, current, proposed).Conflicts, conflict =>
        {
            var old = Passage(text, conflict.BaseStart, conflict.BaseLines);
            var ours = Passage(current, conflict.CurrentStart, conflict.CurrentLines);
            var theirs = Passage(proposed, conflict.ProposedStart, conflict.ProposedLines);

            Assert.NotEqual(old, ours);
            Assert.NotEqual(old, theirs);
            Assert.NotEqual(ours, theirs);
        }), iter: 20_000);

    [Fact]
    public void Takes_over_changes_with_a_line_between_them() =>
        Assert.Equal("A\nb\nC\n", ThreeWayMerge.Merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n").Text);

    [Fact]
    public void Leaves_changes_of_neighbouring_lines_to_somebody_who_reads() => Assert.Equal(
        new ProposalResult.Conflict(1, 2, 1, 2, 1, 2), Assert.Single(ThreeWayMerge.Merge("a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n").Conflicts));

    [Fact]
    public void Keeps_carriage_returns_and_a_missing_final_newline() =>
        Assert.Equal("x\r\nb\r\nc\nd", ThreeWayMerge.Merge("a\r\nb\r\nc", "x\r\nb\r\nc", "a\r\nb\r\nc\nd").Text);

    private static Gen<Func<List<string>, string>> Changes(string by) =>
        Gen.Select(Gen.Int[0, 20], Gen.Char["+-="], (place, operation) => (place, operation)).Array[0, 5].Select(changes => (Func<List<string>, string>)(text =>
        {
            var lines = text.ToList();
            for (var i = 0; i < changes.Length; i++)
            {
                var (place, operation) = (changes[i].place % (lines.Count + 1), changes[i].operation);
                if (operation == '+' || place == lines.Count)
                {
                    lines.Insert(place, $"{by} {i}\n");
                }
                else if (operation == '-')
                {
                    lines.RemoveAt(place);
                }
                else
                {
                    lines[place] = $"{by} {i}\n";
                }
            }

            return string.Concat(lines);
        }));

    private static HashSet<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static string Passage(string text, int start, int lines) =>
        string.Concat(text.Split('\n').Select(line => line + '\n').Skip(lines == 0 ? start : start - 1).Take(lines)) is var passage && start - 1 + lines == text.Split('\n').Length
            ? passage[..^1]
            : passage;
}
