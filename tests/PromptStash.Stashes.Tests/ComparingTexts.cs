using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Tests;

public sealed class ComparingTexts
{
    /// <summary>Texts of few different lines, so that two of them have much in common.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf("a\n", "b\n", "c\r\n", "\n", "\r\n", "\r", "-\n", "+ +\n", "@@ -1 +1 @@\n", "\\ No newline at end of file\n", "d").Array[0, 30].Select(string.Concat),
        Tests.Text.Valid);

    private static readonly Gen<int> Context = Gen.Int[0, 5];

    [Fact]
    public void And_patching_the_old_one_gives_the_new_one() => Gen.Select(Text, Text, Context).Sample((oldText, newText, context) =>
    {
        var patch = LineDiff.ToUnified("a.md", 1, 2, LineDiff.Compare(oldText, newText, context));

        Assert.Equal(newText, Patch.Apply(oldText, patch), StringComparer.Ordinal);
    }, iter: 20_000);

    [Fact]
    public async Task And_giving_the_difference_to_the_program_patch_gives_the_new_one()
    {
        using var folder = new TempFolder();
        await Gen.Select(Text, Text, Context).Where((oldText, newText, _) => oldText != newText).SampleAsync(
            async (oldText, newText, context) => Assert.Equal(
                newText, await PatchProgram.ApplyAsync(folder, oldText, LineDiff.ToUnified("a.md", 1, 2, LineDiff.Compare(oldText, newText, context))), StringComparer.Ordinal),
            iter: 500,
            threads: 1);
    }

    [Theory]
    [InlineData("", "a")]
    [InlineData("a", "")]
    [InlineData("a", "a\n")]
    [InlineData("a\n", "a")]
    [InlineData("a\r\nb\r\n", "a\nb\r\n")]
    [InlineData("a\r", "a\r\n")]
    public async Task Gives_the_program_patch_what_is_easily_lost(string oldText, string newText)
    {
        using var folder = new TempFolder();

        Assert.Equal(newText, await PatchProgram.ApplyAsync(folder, oldText, LineDiff.ToUnified("a.md", 1, 2, LineDiff.Compare(oldText, newText, context: 3))), StringComparer.Ordinal);
    }

    [Fact]
    public void Finds_no_difference_between_a_text_and_itself() => Text.Sample(text => Assert.Empty(LineDiff.Compare(text, text, context: 3)));

    [Fact]
    public void Counts_as_many_lines_as_a_hunk_has() => Gen.Select(Text, Text, Context).Sample((oldText, newText, context) =>
        Assert.All(LineDiff.Compare(oldText, newText, context), hunk =>
        {
            Assert.Equal(hunk.OldLines, hunk.Lines.Count(line => line.Op != DiffOperation.Insert));
            Assert.Equal(hunk.NewLines, hunk.Lines.Count(line => line.Op != DiffOperation.Delete));
        }));

    [Fact]
    public void Keeps_hunks_apart_by_more_lines_than_they_show_around_them() => Gen.Select(Text, Text, Context).Sample((oldText, newText, context) =>
    {
        var hunks = LineDiff.Compare(oldText, newText, context);

        Assert.All(hunks.Zip(hunks.Skip(1)), two => Assert.True(two.First.OldStart + two.First.OldLines <= two.Second.OldStart + (two.Second.OldLines == 0 ? 1 : 0)));
    });

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a\nb", 2)]
    [InlineData("\n\n", 2)]
    [InlineData("a\rb", 1)]
    public void Counts_the_lines_of_a_text(string text, int lines) => Assert.Equal(lines, LineDiff.CountLines(text));
}

/// <summary>GNU patch itself, for which every hunk must fit where it says, with no line of its context left out.</summary>
internal static class PatchProgram
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<string> ApplyAsync(TempFolder folder, string text, string patch)
    {
        var (oldFile, newFile, patchFile) = (folder.File("old"), folder.File("new"), folder.File("patch"));
        await File.WriteAllTextAsync(oldFile, text, Utf8, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(patchFile, patch, Utf8, TestContext.Current.CancellationToken);

        // Without --binary it takes carriage returns away.
        var start = new ProcessStartInfo("patch", ["--binary", "--force", "--fuzz=0", "--unified", $"--input={patchFile}", $"--output={newFile}", oldFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0 && !output.Contains("offset", StringComparison.Ordinal), $"{process.ExitCode}: {output}{await errors}");

        return Utf8.GetString(await File.ReadAllBytesAsync(newFile, TestContext.Current.CancellationToken));
    }
}

/// <summary>A folder that is gone afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("promptstash-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

/// <summary>Applies the unified format as <c>patch</c> does, strictly: every line of the old text must be where the patch says.</summary>
internal static partial class Patch
{
    public static string Apply(string text, string patch)
    {
        if (patch.Length == 0)
        {
            return text;
        }

        var old = Lines(text);
        var result = new List<string>();
        var at = 0;
        var lines = Lines(patch);
        Assert.StartsWith("--- a/", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("+++ b/", lines[1], StringComparison.Ordinal);
        for (var i = 2; i < lines.Count;)
        {
            var header = HunkHeader().Match(lines[i++]);
            Assert.True(header.Success, lines[i - 1]);
            var (oldStart, oldCount, newStart, newCount) = (Number(header, 1), Number(header, 2), Number(header, 3), Number(header, 4));

            // A hunk without old lines stands behind the line that it names.
            var start = oldCount == 0 ? oldStart : oldStart - 1;
            result.AddRange(old[at..start]);
            at = start;
            Assert.Equal(newCount == 0 ? newStart : newStart - 1, result.Count);
            while (oldCount > 0 || newCount > 0)
            {
                var (kind, line) = (lines[i][0], lines[i][1..]);
                i++;
                if (i < lines.Count && lines[i] == "\\ No newline at end of file\n")
                {
                    line = line[..^1];
                    i++;
                }

                if (kind != '+')
                {
                    Assert.Equal(old[at++], line, StringComparer.Ordinal);
                    oldCount--;
                }

                if (kind != '-')
                {
                    result.Add(line);
                    newCount--;
                }
            }
        }

        result.AddRange(old[at..]);

        return string.Concat(result);
    }

    private static List<string> Lines(string text) => [.. LineWithFeed().Matches(text).Select(match => match.Value)];

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A@@ -([0-9]+),([0-9]+) \+([0-9]+),([0-9]+) @@\n\z", RegexOptions.CultureInvariant)]
    private static partial Regex HunkHeader();

    [GeneratedRegex(@"[^\n]*\n|[^\n]+", RegexOptions.CultureInvariant)]
    private static partial Regex LineWithFeed();
}
