using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for matchers: its documentation of hooks, "Matcher patterns".</summary>
internal static partial class HookMatcher
{
    /// <summary>The longest matcher that is looked into, in UTF-16 units.</summary>
    public const int MaxLength = 1000;

    public static void Check(Report report, string name, Node value)
    {
        if (value is not Scalar { Type: ScalarType.Text or ScalarType.Null } scalar)
        {
            report.Add(FindingCodes.HookFieldType, value, "`matcher` must be text.");
            return;
        }

        var matcher = scalar.Value;
        if (scalar.Type == ScalarType.Null || matcher is "" or "*")
        {
            return;
        }

        if (!HookEvents.HasMatcher(name))
        {
            report.Add(FindingCodes.HookMatcherIgnored, value, $"`{name}` has the matcher `{Shown.Short(matcher)}`.");
        }
        else if (matcher.Length > MaxLength || name == "FileChanged")
        {
            // File names, and the rules for them are narrower; a matcher of this length is nobody's work.
        }
        else if (matcher.All(IsPlain))
        {
            CheckNames(report, name, scalar);
        }
        else
        {
            CheckPattern(report, name, scalar);
        }
    }

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or ' ' or ',' or '|';

    /// <summary>Only such characters: names, compared as they are.</summary>
    private static void CheckNames(Report report, string name, Scalar matcher)
    {
        var names = matcher.Value.Split([',', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (HookEvents.ValuesOf(name) is { } values)
        {
            if (!names.Any(values.Contains))
            {
                report.Add(FindingCodes.HookMatcherMatchesNothing, matcher, $"`{Shown.Short(matcher.Value)}` is none of {string.Join(", ", values)}.");
            }
        }
        else if (HookEvents.IsOfTools(name))
        {
            foreach (var tool in names)
            {
                CheckTool(report, matcher, tool, names.Length == 1);
            }

            // One name that is right, or of a server's tool, and the hook runs.
            if (names.Length > 0 && names.All(tool => Fields.ToolInRightCase(tool) is not null))
            {
                var right = Word().Replace(matcher.Value, word => Fields.ToolInRightCase(word.Value) ?? word.Value);
                report.Add(FindingCodes.HookMatcherMatchesNothing, matcher, $"`{Shown.Short(matcher.Value)}` is written `{Shown.Short(right)}`.", report.Rewrite(matcher, right));
            }
        }
    }

    private static void CheckTool(Report report, Scalar matcher, string tool, bool isAlone)
    {
        report.Facts.AddField("matcher", tool);
        if (tool.StartsWith("mcp__", StringComparison.Ordinal))
        {
            var parts = tool.Split("__", StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 2)
            {
                report.Add(
                    FindingCodes.HookMatcherMatchesNothing,
                    matcher,
                    $"`{Shown.Short(tool)}` is a server and no tool of it; all its tools are `mcp__{Shown.Short(parts[1])}__.*`.",
                    isAlone ? report.Rewrite(matcher, $"mcp__{parts[1]}__.*") : null);
            }

            if (parts.Length >= 2)
            {
                report.Facts.AddReference(report, ReferenceKind.Server, parts[1], matcher.Start);
            }
        }
    }

    private static void CheckPattern(Report report, string name, Scalar matcher)
    {
        if (!CanBeRead(matcher.Value))
        {
            report.Add(FindingCodes.HookMatcherInvalid, matcher, $"`{Shown.Short(matcher.Value)}` is the matcher of `{name}`.");
        }
        else if (HookEvents.ValuesOf(name) is { } values && Linear(matcher.Value) is { } pattern && !values.Any(pattern.IsMatch))
        {
            report.Add(FindingCodes.HookMatcherMatchesNothing, matcher, $"`{Shown.Short(matcher.Value)}` matches none of {string.Join(", ", values)}.");
        }
    }

    /// <summary>JavaScript's syntax is .NET's in all that a name of a tool needs. It is only parsed here, never run.</summary>
    private static bool CanBeRead(string pattern)
    {
        foreach (var dialect in new[] { RegexOptions.CultureInvariant, RegexOptions.ECMAScript })
        {
            try
            {
                _ = new Regex(pattern, dialect);
                return true;
            }
            catch (ArgumentException)
            {
                // Not in this dialect.
            }
        }

        return pattern.Contains("[^]", StringComparison.Ordinal) || pattern.Contains("[]", StringComparison.Ordinal);
    }

    /// <summary>The pattern on an engine that takes time in proportion to the text; null for what that engine does not know.</summary>
    private static Regex? Linear(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex("[A-Za-z]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
