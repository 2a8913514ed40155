using System.Text;
using System.Text.Json;

namespace PromptStash.Stashes.Validation;

/// <summary>Memory: Claude Code's documentation of memory.</summary>
internal static class MemoryCheck
{
    private const int RecommendedLines = 200;
    private const int MaxBytes = 4 * 1024 * 1024;

    public static void Check(Report report)
    {
        var name = report.Path.Split('/')[^1].ToLowerInvariant();
        if (name is not ("claude.md" or "claude.local.md"))
        {
            if (name == "agents.md")
            {
                report.Add(FindingCodes.MemoryNotRead, 0, "The file is AGENTS.md.");
            }

            return;
        }

        if (Encoding.UTF8.GetByteCount(report.Text) > MaxBytes)
        {
            report.Add(FindingCodes.MemoryTooLarge, 0, "The file is too large.");
        }

        if (report.Map.WrittenLines > RecommendedLines)
        {
            report.Add(FindingCodes.MemoryTooLong, report.Map.StartOf(RecommendedLines + 1), $"The file has {report.Map.WrittenLines} lines.");
        }

        Markdown.FollowImports(report);
    }
}

/// <summary>Rules: .claude/rules (Claude Code's documentation of memory), Cursor's .mdc, Copilot's .instructions.md.</summary>
internal static class RuleCheck
{
    public static void Check(Report report)
    {
        var matter = FrontMatter.Read(report);
        if (matter.Fields is not { } fields)
        {
            return;
        }

        report.Facts.Description = Fields.TextOf(report, fields, "description", FindingCodes.RuleFieldType)?.Value;
        var path = report.Path.ToLowerInvariant();
        string[] known = path.EndsWith(".mdc", StringComparison.Ordinal) ? ["description", "globs", "alwaysApply"]
            : path.EndsWith(".instructions.md", StringComparison.Ordinal) ? ["description", "applyTo", "name", "excludeAgent"]
            : ["paths", "description"];
        foreach (var (key, value) in fields.Entries)
        {
            if (!known.Contains(key.Value))
            {
                report.Add(FindingCodes.RuleUnknownKey, key, $"`{Shown.Short(key.Value)}` is no key of such a rule.");
            }
            else if (key.Value is "paths" or "globs" or "applyTo" && !value.IsNull && value.Text is null && !(value is Sequence list && list.Items.All(item => item.Text is not null)))
            {
                report.Add(FindingCodes.RuleFieldType, value, $"`{key.Value}` must be a list of patterns, or text.");
            }
            else if (key.Value == "alwaysApply" && value is not Scalar { Type: ScalarType.Boolean or ScalarType.Null })
            {
                report.Add(FindingCodes.RuleFieldType, value, "`alwaysApply` must be true or false.");
            }
        }
    }
}

/// <summary>Output styles: front matter with a name and a description.</summary>
internal static class OutputStyleCheck
{
    public static void Check(Report report)
    {
        if (FrontMatter.Read(report).Fields is { } fields)
        {
            report.Facts.Name = Fields.TextOf(report, fields, "name")?.Value;
            report.Facts.AddField("name", report.Facts.Name);
            report.Facts.Description = Fields.TextOf(report, fields, "description")?.Value;
        }
    }
}

/// <summary>Session logs. Their format is internal to Claude Code and changes, so only that each line is a JSON object is asked.</summary>
internal static class SessionCheck
{
    public static void Check(Report report)
    {
        for (var line = 1; line <= report.Map.Lines && !report.IsFullOf(Severity.Warning); line++)
        {
            var start = report.Map.StartOf(line);
            var end = line < report.Map.Lines ? report.Map.StartOf(line + 1) : report.Text.Length;
            var text = report.Text.AsSpan(start, end - start).Trim().Trim('\uFEFF');
            if (!text.IsEmpty && !IsObject(text))
            {
                report.Add(FindingCodes.SessionLineInvalid, start, $"Line {line} is no JSON object.");
            }
        }
    }

    private static bool IsObject(ReadOnlySpan<char> line)
    {
        if (line[0] != '{')
        {
            return false;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(line)];
        Encoding.UTF8.GetBytes(line, bytes);
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                // To the end of the line.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
