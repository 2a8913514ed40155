namespace PromptStash.Stashes.Validation.Tests;

public sealed class CheckingAFile
{
    /// <summary>Codes that one short text cannot show: they are tested beside what they are about.</summary>
    private static readonly string[] ShownElsewhere = ["too-many-findings", "json-too-large"];

    private const int LongestOfMany = 100_000;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Samples.All.Count)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Finds_what_is_wrong_where_it_is_wrong(int number)
    {
        var sample = Samples.All[number];
        var findings = Checker.Check(sample.Path, sample.Text).Findings;

        Assert.Contains((sample.Code, sample.Place), findings.Select(finding => (finding.Code, (finding.Line, finding.Column))));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Leaves_alone_what_only_looks_like_it(int number)
    {
        var sample = Samples.All[number];

        Assert.DoesNotContain(sample.Code, Checker.Check(sample.NearMissPath, sample.NearMiss).Findings.Select(finding => finding.Code));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Counts_places_the_same_after_CRLF_and_a_byte_order_mark(int number)
    {
        var sample = Samples.All[number];
        var isFirstLine = sample.Place.Line == 1;
        var findings = Checker.Check(sample.Path, "\uFEFF" + sample.Text.ReplaceLineEndings("\r\n")).Findings;

        // The mark is a character of the first line. What is about the file as a whole stands before it.
        var place = (sample.Place.Line, Column: sample.Place.Column + (isFirstLine ? 1 : 0));
        Assert.Contains(findings, finding => finding.Code == sample.Code && finding.Line == place.Line && (finding.Column == place.Column || (isFirstLine && finding.Column == 1)));
    }

    [Fact]
    public void Has_a_sample_for_every_code() => Assert.Equal(
        FindingCodes.All.Select(code => code.Code).Where(code => !code.StartsWith("stash-", StringComparison.Ordinal)).Except(ShownElsewhere).Order(),
        Samples.All.Select(sample => sample.Code).Distinct().Order());

    [Fact]
    public void Gives_each_code_a_name_of_its_own() => Assert.Distinct(FindingCodes.All.Select(code => code.Code));

    [Theory]
    [MemberData(nameof(GoodFiles.Numbers), MemberType = typeof(GoodFiles))]
    public void Finds_nothing_wrong_with_a_good_one(int number) =>
        Assert.Empty(Checker.Check(GoodFiles.All[number].Path, GoodFiles.All[number].Text).Findings);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tells_of_findings_only_in_kinds_that_the_code_names(object kind) => Assert.Equal([],
        from sample in Samples.All
        where sample.Text.Length < LongestOfMany
        from file in Samples.In(sample, (FileKind)kind)
        from finding in Checker.Check(file.Path, file.Text, (FileKind)kind).Findings
        let code = FindingCodes.All.Single(code => code.Code == finding.Code)
        where code.Kinds.Count > 0 && !code.Kinds.Contains((FileKind)kind)
        select code.Code);

    public static TheoryData<object> Kinds => [.. Enum.GetValues<FileKind>().Cast<object>()];

    [Fact]
    public void Has_a_sample_for_every_kind_that_a_code_names() => Assert.Equal([],
        from code in FindingCodes.All
        where Samples.All.Any(sample => sample.Code == code.Code)
        from kind in code.Kinds
        where !Samples.All.Where(sample => sample.Code == code.Code).SelectMany(sample => Samples.In(sample, kind)).Any(file => Checker.Check(file.Path, file.Text, kind).Findings.Any(finding => finding.Code == code.Code))
        select $"{code.Code} in {kind}");

    [Fact]
    public void Never_repeats_a_secret() => Assert.All(
        Samples.All.Where(sample => sample.Code.StartsWith("secret-", StringComparison.Ordinal)),
        sample => Assert.All(Checker.Check(sample.Path, sample.Text).Findings, finding => Assert.DoesNotContain(Samples.Random[..8], finding.Message, StringComparison.Ordinal)));

    [Fact]
    public void Says_when_there_are_more_findings_than_it_tells()
    {
        var check = Checker.Check("notes.md", string.Concat(Enumerable.Repeat("a\u200Bb\n", 500)));

        Assert.Equal(201, check.Findings.Count);
        Assert.Equal(("too-many-findings", 201), (check.Findings[^1].Code, check.Findings[^1].Line));
    }

    [Fact]
    public void Tells_an_error_that_comes_after_any_number_of_remarks_and_warnings()
    {
        var text = string.Concat(Enumerable.Repeat("!`ls`\n", 250)) + string.Concat(Enumerable.Repeat("a\u200Bb\n", 250)) + "gh" + "p_" + Samples.Random + "\n";

        var check = Checker.Check(".claude/commands/ship.md", text);

        Assert.Equal((1, 199, 1), (check.Count(Severity.Error), check.Count(Severity.Warning), check.Count(Severity.Info)));
    }

    [Fact]
    public void Tells_the_gravest_findings_in_the_order_of_the_text()
    {
        var text = string.Concat(Enumerable.Repeat("!`ls`\n", 150)) + string.Concat(Enumerable.Repeat("a\u200Bb\n", 100));

        var findings = Checker.Check(".claude/commands/ship.md", text).Findings;

        Assert.Equal(
            [.. Enumerable.Range(1, 100).Select(line => ("command-runs-at-load", line)), .. Enumerable.Range(151, 100).Select(line => ("text-invisible", line)), ("too-many-findings", 101)],
            findings.Select(finding => (finding.Code, finding.Line)));
    }

    [Fact]
    public void Tells_what_its_path_hides_beside_what_its_text_does()
    {
        var findings = Checker.Check("a\u200Bb.md", "\u200BNotes\n").Findings;

        Assert.Equal([("text-invisible", false), ("text-invisible", true)], findings.Select(finding => (finding.Code, finding.Fix is not null)));
        Assert.StartsWith("In the file's path U+200B is invisible.", findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_when_JSON_is_too_large_to_check()
    {
        var check = Checker.Check(".mcp.json", "[" + string.Join(',', Enumerable.Repeat("1", 200_001)) + "]");

        Assert.Equal(["json-too-large"], check.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Refuses_aliases_instead_of_following_them() =>
        Assert.Contains(
            "frontmatter-invalid-yaml",
            Checker.Check(".claude/agents/a.md", "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n").Findings.Select(finding => finding.Code));
}
