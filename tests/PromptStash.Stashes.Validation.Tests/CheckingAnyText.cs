using System.Text.Json;

namespace PromptStash.Stashes.Validation.Tests;

public sealed class CheckingAnyText
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.OneOf("---\n", "---", "\n", "\r\n", "\r", " ", "  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", "\"", "'", ",", "#", "|", ">", "&a ", "*a", "!", "? ", "%", "\\", "//", "/*", "*/"),
        Gen.OneOf("\uFEFF", "\u200B", "\u202E", "\U000E0041", "\uD800", "\uDC00", "\0", "\\ud800", "\\0", "é", "😀", "\u0085", "\u2028"),
        Gen.OneOf("name", "description", "tools", "bash", "hooks", "mcpServers", "url", "command", "type", "null", "true", "1e999", "mcp__a", "Bash(*)", "!`ls`", "```!", "curl x | sh", "${A", "$A", "](a.md)", "@a.md"),
        Gen.String[0, 6]);

    /// <summary>A good file, changed in a few places.</summary>
    private static readonly Gen<(string Path, string Text)> Mutated =
        Gen.Select(
            Gen.Int[0, GoodFiles.All.Count + Samples.All.Count - 1],
            Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 8], Piece).Array[1, 4])
        .Select((number, changes) =>
        {
            var (path, text) = number < GoodFiles.All.Count
                ? GoodFiles.All[number]
                : (Samples.All[number - GoodFiles.All.Count].Path, Samples.All[number - GoodFiles.All.Count].Text);
            text = text.Length > 5000 ? text[..5000] : text;
            foreach (var (place, length, piece) in changes)
            {
                var at = place % (text.Length + 1);
                text = text[..at] + piece + text[Math.Min(text.Length, at + length)..];
            }

            return (path, text);
        });

    [Fact]
    public void Never_fails_and_puts_every_finding_inside_the_text() => Mutated.Sample((path, text) =>
    {
        var check = Checker.Check(path, text);

        Assert.All(check.Findings, finding =>
        {
            Assert.InRange(finding.Line, 1, text.Split('\n', '\r').Length);
            Assert.InRange(finding.Column, 1, text.Length + 1);
            Assert.NotEmpty(finding.Message);
        });
        Assert.All(check.Findings.Where(finding => finding.Fix is not null), finding => Assert.All(finding.Fix!.Edits, edit =>
        {
            Assert.InRange(edit.Offset, 0, text.Length);
            Assert.InRange(edit.Offset + edit.Length, 0, text.Length);
        }));
    }, iter: 10_000);

    [Fact]
    public void Gives_only_text_that_JSON_and_a_database_can_hold() => Mutated.Sample((path, text) =>
    {
        var check = Checker.Check(path, text);

        Assert.All([check.Name, check.Description, .. check.Fields, .. check.Findings.Select(finding => finding.Message)], value =>
        {
            Assert.DoesNotContain("\0", value ?? "", StringComparison.Ordinal);
            JsonSerializer.SerializeToUtf8Bytes(value); // Half a surrogate pair would throw.
        });
        Assert.All(check.Fields, field => Assert.DoesNotContain("\n", field, StringComparison.Ordinal));
    }, iter: 5_000);

    [Fact]
    public void Finds_the_same_every_time() => Mutated.Sample((path, text) =>
        JsonSerializer.Serialize(Checker.Check(path, text)) == JsonSerializer.Serialize(Checker.Check(path, text)), iter: 1_000);

    [Fact]
    public void Fixes_so_that_no_fix_of_the_code_is_left() => Mutated.Sample((path, text) =>
    {
        foreach (var code in Checker.Check(path, text).Findings.Where(finding => finding.Fix is not null).Select(finding => finding.Code).Distinct())
        {
            var fixedText = FixingFindings.FixAll(path, text, code);

            Assert.DoesNotContain(Checker.Check(path, fixedText).Findings, finding => finding.Code == code && finding.Fix is not null);
        }
    }, iter: 3_000);

    /// <summary>Front matter and objects of keys that are right, misspelt, or those of other files.</summary>
    private static readonly Gen<(string Path, string Text)> Misspelt = Gen.OneOf(
        OfKeys(".claude/agents/a.md", "name: a", "Name: a", "nmae: a", "description: b", "Description: b", "tools: Read", "Tools: Read", "tool: bash", "TOOLS: bash", "allowed-tools: Read, Grep", "allowedTools: read",
            "color: red", "colour: Red", "Color: red", "model: Opus", "Model: opus", "effort: High", "maxTurns: 5", "max-turns: 5", "max_turns: 5"),
        OfKeys(".claude/skills/pdf/SKILL.md", "name: pdf", "Name: pdf", "description: b", "descripton: b", "desciption: b", "allowed-tools: Read", "allowedTools: Read", "allowed_tools: bash", "license: MIT", "licence: MIT"),
        OfKeys(".claude/commands/ship.md", "description: b", "descripton: b", "argument-hint: x", "argument_hint: x", "argumentHint: x", "model: Haiku", "models: haiku"),
        OfEntries("hooks/hooks.json", "{\"hooks\": {", "}}", "\"Stop\": []", "\"stop\": []", "\"STOP\": []", "\"PreToolUse\": []", "\"preToolUse\": []", "\"PreTooluse\": []", "\"PreToolUse \": []"),
        OfEntries(".claude-plugin/plugin.json", "{\"name\": \"p\"", "}", ", \"keywords\": []", ", \"keyword\": []", ", \"Keywords\": [],", ", \"commands\": \"a.md\"", ", \"command\": \"./a.md\"", ", \"Commands\": \"b.md\""));

    private static Gen<(string Path, string Text)> OfKeys(string path, params string[] lines) =>
        Gen.Shuffle(lines, 0, lines.Length).Select(some => (path, $"---\n{string.Join('\n', some)}\n---\nBody\n"));

    private static Gen<(string Path, string Text)> OfEntries(string path, string before, string after, params string[] entries) =>
        Gen.Shuffle(entries, 0, entries.Length).Select(some => (path, before + string.Join(entries[0][0] == ',' ? "" : ", ", some) + after));

    [Fact]
    public void Makes_no_error_by_fixing_all_there_is() => Misspelt.Sample((path, text) =>
        Assert.Subset(ErrorsIn(path, text), ErrorsIn(path, FixingFindings.FixAll(path, text))), iter: 5_000);

    /// <summary>What a fix uncovers it has not made: a line that was no YAML may say anything once it is. Two keys must not become one, though.</summary>
    [Fact]
    public void Makes_no_key_twice_by_fixing_all_there_is() => Mutated.Sample((path, text) =>
    {
        var broken = new HashSet<string>(["json-duplicate-key", "frontmatter-duplicate-key"], StringComparer.Ordinal);

        if (!Checker.Check(path, text).Findings.Any(finding => finding.Code is "text-invisible" or "text-bidirectional" or "frontmatter-not-first"))
        {
            Assert.Subset(CodesIn(path, text), CodesIn(path, FixingFindings.FixAll(path, text)).Where(broken.Contains).ToHashSet());
        }
    }, iter: 3_000);

    private static HashSet<string> ErrorsIn(string path, string text) =>
        [.. Checker.Check(path, text).Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Code)];

    private static HashSet<string> CodesIn(string path, string text) => [.. Checker.Check(path, text).Findings.Select(finding => finding.Code)];

    [Fact]
    public void Estimates_its_tokens() => Mutated.Sample((_, text) => Assert.InRange(TokenEstimate.Count(text), text.Length == 0 ? 0 : 1, (text.Length * 3) + 1), iter: 1_000);
}
