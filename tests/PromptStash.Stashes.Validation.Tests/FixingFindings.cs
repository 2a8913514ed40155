namespace PromptStash.Stashes.Validation.Tests;

public sealed class FixingFindings
{
    /// <summary>More rounds than any text needs in which fixes touch one another.</summary>
    private const int MaxRounds = 50;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Samples.All.Count)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Of_a_code_leaves_none_of_them_that_had_a_fix(int number)
    {
        var sample = Samples.All[number];

        var fixedText = FixAll(sample.Path, sample.Text, sample.Code);

        Assert.DoesNotContain(Checker.Check(sample.Path, fixedText).Findings, finding => finding.Code == sample.Code && finding.Fix is not null);
    }

    [Fact]
    public void Is_offered_by_every_code_that_says_so_and_by_no_other() => Assert.Equal(
        FindingCodes.All.Where(code => code.Fixes).Select(code => code.Code).Except(OfferedInConfigurationsOnly).Order(),
        Samples.All
            .SelectMany(sample => Checker.Check(sample.Path, sample.Text).Findings)
            .Where(finding => finding.Fix is not null)
            .Select(finding => finding.Code)
            .Distinct()
            .Except(OfferedInConfigurationsOnly)
            .Order());

    [Theory]
    [MemberData(nameof(SecretCodes))]
    public void Takes_a_variable_in_place_of_a_secret_where_it_is_expanded(string code)
    {
        var secret = Samples.All.First(sample => sample.Code == code).Marked.Split('§')[1].Split('.', '\n')[0];
        var text = """{"mcpServers": {"s": {"command": "s", "env": {"MY_KEY": "SECRET"}}}}""".Replace("SECRET", secret, StringComparison.Ordinal);

        Assert.Equal("""{"mcpServers": {"s": {"command": "s", "env": {"MY_KEY": "${MY_KEY}"}}}}""", FixAll(".mcp.json", text, code));
    }

    public static TheoryData<string> SecretCodes =>
    [
        .. OfferedInConfigurationsOnly.Where(code => code is not ("secret-slack-webhook" or "secret-password-in-url" or "secret-sendgrid-key" or "secret-high-entropy")),
    ];

    [Fact]
    public void Never_gives_two_secrets_one_variable()
    {
        var (one, other) = ("gh" + "p_" + Samples.Random, "gh" + "p_" + new string([.. Samples.Random.Reverse()]));
        var text = """{"mcpServers": {"a": {"type": "http", "url": "https://a.example.com?k=ONE"}, "b": {"type": "http", "url": "https://b.example.com?k=OTHER"}}}"""
            .Replace("ONE", one, StringComparison.Ordinal).Replace("OTHER", other, StringComparison.Ordinal);

        Assert.Equal(
            """{"mcpServers": {"a": {"type": "http", "url": "https://a.example.com?k=${GITHUB_TOKEN}"}, "b": {"type": "http", "url": "https://b.example.com?k=${GITHUB_TOKEN_2}"}}}""",
            FixAll(".mcp.json", text, "secret-github-token"));
    }

    [Theory]
    [InlineData(".claude/agents/a.md", "---\nname: a\ndescription: b\nallowed-tools: Read\nallowedTools: Grep\n---\nBody\n")]
    [InlineData(".claude/agents/a.md", "---\nname: a\ndescription: b\nallowed-tools: Read\nTools: Grep\n---\nBody\n")]
    [InlineData(".claude/agents/a.md", "---\nname: a\ndescription: b\ncolour: red\nColor: red\n---\nBody\n")]
    [InlineData(".claude/skills/pdf/SKILL.md", "---\nname: pdf\ndescription: b\nwhen-to-use: c\nwhenToUse: d\n---\nBody\n")]
    [InlineData("hooks/hooks.json", """{"hooks": {"preToolUse": [], "PretoolUse": []}}""")]
    [InlineData(".claude-plugin/plugin.json", """{"name": "p", "keyword": [], "Keywords": []}""")]
    public void Leaves_two_keys_alone_that_would_get_one_name(string path, string text) =>
        Assert.Equal(text, Fixes.Apply(text, Checker.Check(path, text).Findings).Content);

    [Fact]
    public void Renames_keys_of_one_misspelling_in_different_objects() => Assert.Equal(
        """{"name": "m", "owner": {"name": "Ada"}, "plugins": [{"name": "a", "source": "./a", "keywords": []}, {"name": "b", "source": "./b", "keywords": []}]}""",
        FixAll(
            ".claude-plugin/marketplace.json",
            """{"name": "m", "owner": {"name": "Ada"}, "plugins": [{"name": "a", "source": "./a", "keyword": []}, {"name": "b", "source": "./b", "keyword": []}]}""",
            "plugin-unknown-key"));

    [Fact]
    public void Writes_every_tool_of_a_matcher_in_its_case_and_keeps_what_is_between() => Assert.Equal(
        """{"hooks": {"PreToolUse": [{"matcher": "Bash | MultiEdit,Write", "hooks": []}]}}""",
        FixAll("hooks/hooks.json", """{"hooks": {"PreToolUse": [{"matcher": "bash | multiedit,WRITE", "hooks": []}]}}""", "hook-matcher-matches-nothing"));

    [Fact]
    public void Quotes_what_YAML_cannot_spell_and_keeps_every_word()
    {
        const string text = "---\r\nname: a\r\ndescription: Use \"it\": C:\\x\r\ntools: Read\r\n---\r\nBody\r\n";

        var check = Checker.Check(".claude/agents/a.md", FixAll(".claude/agents/a.md", text, "frontmatter-invalid-yaml"));

        Assert.Equal("Use \"it\": C:\\x", check.Description);
        Assert.Empty(check.Findings);
    }

    [Fact]
    public void Leaves_the_later_of_two_that_overlap_for_the_next_time()
    {
        Finding[] findings =
        [
            new("a", Severity.Info, "", 1, 1, new Fix("", [new TextEdit(0, 2, "X")])),
            new("b", Severity.Info, "", 1, 2, new Fix("", [new TextEdit(1, 2, "Y"), new TextEdit(5, 1, "Z")])),
            new("c", Severity.Info, "", 1, 4, new Fix("", [new TextEdit(3, 1, "")])),
        ];

        var outcome = Fixes.Apply("abcdef", findings);

        Assert.Equal("Xcef", outcome.Content);
        Assert.Equal(["a", "c"], outcome.Codes);
    }

    [Fact]
    public void With_no_code_wanted_gives_the_text_back() =>
        Assert.Same("a\u200Bb", Fixes.Apply("a\u200Bb", Checker.Check("a.md", "a\u200Bb").Findings, []).Content);

    private static readonly string[] OfferedInConfigurationsOnly =
        [.. FindingCodes.All.Select(code => code.Code).Where(code => code.StartsWith("secret-", StringComparison.Ordinal) && code != "secret-private-key")];

    /// <summary>Fixes one code, or all when none is named, until nothing is left to fix.</summary>
    public static string FixAll(string path, string text, string? code = null)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var outcome = Fixes.Apply(text, Checker.Check(path, text).Findings, code is null ? null : [code]);
            if (outcome.Codes.Count == 0)
            {
                return text;
            }

            text = outcome.Content;
        }

        throw new InvalidOperationException($"Fixing {code ?? "everything"} never ends.");
    }
}
