namespace PromptStash.Stashes.Validation;

/// <summary>One entry of a list of tools.</summary>
/// <param name="Place">Where it is written as it is; null where it is not.</param>
internal sealed record ToolEntry(string Name, int Offset, int? Place);

/// <summary>Questions about the fields of front matter that more than one kind of file has.</summary>
internal static class Fields
{
    public static readonly string[] PermissionModes = ["default", "acceptEdits", "auto", "dontAsk", "bypassPermissions", "plan", "manual"];
    public static readonly string[] Efforts = ["low", "medium", "high", "xhigh", "max"];

    private static readonly string[] Models = ["sonnet", "opus", "haiku", "fable", "inherit"];

    /// <summary>Tools that are written in another case often enough. No list of all tools: every MCP server brings its own.</summary>
    private static readonly string[] KnownTools =
        ["Agent", "Bash", "Edit", "Glob", "Grep", "MultiEdit", "NotebookEdit", "Read", "Skill", "Task", "TodoWrite", "WebFetch", "WebSearch", "Write"];

    /// <summary>Says which keys are not known; offers the known one that was meant.</summary>
    public static void CheckKeys(Report report, Mapping fields, FindingCode code, IReadOnlyCollection<string> known, params ReadOnlySpan<string> alsoSeenTo)
    {
        foreach (var key in fields.Entries.Select(entry => entry.Key).TakeWhile(_ => !report.IsFullOf(code.Severity)))
        {
            if (known.Contains(key.Value) || alsoSeenTo.Contains(key.Value))
            {
                continue;
            }

            var meant = Report.DidYouMean(key.Value, known);
            report.Add(
                code,
                key,
                meant is null ? $"`{Shown.Short(key.Value)}` is no key of this file." : $"`{Shown.Short(key.Value)}` is no key of this file; `{meant}` is.",
                meant is not null ? report.Rename(fields, key, meant) : null);
        }
    }

    /// <summary>The text of a field, after a look at its type.</summary>
    public static Scalar? TextOf(Report report, Mapping fields, string key, FindingCode? code = null)
    {
        var value = fields[key]?.Value;
        if (value is null || value.IsNull)
        {
            return null;
        }

        if (value is Scalar scalar)
        {
            return string.IsNullOrWhiteSpace(scalar.Value) ? null : scalar;
        }

        report.Add(code ?? FindingCodes.FrontmatterFieldType, value, $"`{key}` must be text.");
        return null;
    }

    public static void CheckWord(Report report, Mapping fields, string key, IReadOnlyList<string> allowed)
    {
        if (TextOf(report, fields, key) is not { } value)
        {
            return;
        }

        if (!allowed.Contains(value.Value))
        {
            var meant = allowed.FirstOrDefault(word => string.Equals(word, value.Value, StringComparison.OrdinalIgnoreCase));
            report.Add(
                FindingCodes.FrontmatterValueUnknown,
                value,
                $"`{key}: {Shown.Short(value.Value)}` is none of {string.Join(", ", allowed)}.",
                meant is null ? null : report.Rewrite(value, meant));
        }
    }

    /// <summary>Claude Code reads more spellings than YAML does.</summary>
    public static void CheckBoolean(Report report, Mapping fields, string key)
    {
        if (fields[key]?.Value is { IsNull: false } value
            && !(value is Scalar scalar && scalar.Value.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "on" or "off" or "1" or "0"))
        {
            report.Add(FindingCodes.FrontmatterBooleanInvalid, value, $"`{key}` is neither true nor false.");
        }
    }

    public static void CheckModel(Report report, Mapping fields)
    {
        if (TextOf(report, fields, "model") is not { } model)
        {
            return;
        }

        report.Facts.AddField("model", model.Value);

        // Ids carry the vendor's name, with each provider's own parts around it: claude-…, us.anthropic.claude-…, arn:…
        var isId = model.Value.Contains("claude", StringComparison.OrdinalIgnoreCase) || model.Value.StartsWith("arn:", StringComparison.Ordinal);
        if (!isId && !Models.Contains(model.Value) && !Models.Any(name => model.Value == name + "[1m]"))
        {
            var meant = Models.FirstOrDefault(name => string.Equals(name, model.Value, StringComparison.OrdinalIgnoreCase));
            report.Add(
                FindingCodes.ModelUnknown, model, $"`{Shown.Short(model.Value)}` is no model that it has.", meant is null ? null : report.Rewrite(model, meant));
        }
    }

    /// <summary>The tools that a field lists, after a look at each. They are found by <paramref name="field"/>.</summary>
    public static List<ToolEntry> ToolsOf(Report report, Mapping fields, string key, bool spaces, string? field = "tools")
    {
        var tools = EntriesOf(report, fields, key, spaces);
        foreach (var tool in tools)
        {
            CheckTool(report, tool, field);
        }

        return tools;
    }

    /// <summary>The entries of a field that is a list, or text with commas and, where <paramref name="spaces"/>, spaces between them.</summary>
    public static List<ToolEntry> EntriesOf(Report report, Mapping fields, string key, bool spaces)
    {
        var tools = new List<ToolEntry>();
        switch (fields[key]?.Value)
        {
            case Scalar { Type: not ScalarType.Null } scalar:
                var place = report.PlaceOf(scalar);
                Split(scalar.Value, spaces, (start, name) => tools.Add(new ToolEntry(name, place + start ?? scalar.Start, place + start)));
                break;
            case Sequence list:
                foreach (var item in list.Items)
                {
                    if (item is Scalar entry)
                    {
                        tools.Add(new ToolEntry(entry.Value.Trim(), entry.Start, report.PlaceOf(entry)));
                    }
                    else
                    {
                        report.Add(FindingCodes.FrontmatterFieldType, item, $"`{key}` must be a list of text.");
                    }
                }

                break;
            case Mapping map:
                report.Add(FindingCodes.FrontmatterFieldType, map, $"`{key}` must be a list, or text with commas.");
                break;
        }

        return tools;
    }

    private static void CheckTool(Report report, ToolEntry tool, string? field)
    {
        var open = tool.Name.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? tool.Name : tool.Name[..open];
        if (field is not null)
        {
            report.Facts.AddField(field, name);
        }

        var known = KnownTools.FirstOrDefault(word => string.Equals(word, name, StringComparison.OrdinalIgnoreCase));
        if (known is not null && known != name)
        {
            report.Add(
                FindingCodes.ToolNameCase,
                tool.Offset,
                $"`{Shown.Short(name)}` is written `{known}`.",
                tool.Place is { } place ? Fix.Replace($"Change to {known}", place, name.Length, known) : null);
        }

        if (name.StartsWith("mcp__", StringComparison.Ordinal) && name.Split("__") is { Length: > 1 } parts && parts[1] is not ("" or "*"))
        {
            report.Facts.AddReference(report, ReferenceKind.Server, parts[1].TrimEnd('*'), tool.Offset);
        }
    }

    /// <summary>The tool in another case that somebody meant; null when the name is right or not known.</summary>
    public static string? ToolInRightCase(string name) =>
        KnownTools.FirstOrDefault(word => string.Equals(word, name, StringComparison.OrdinalIgnoreCase)) is { } known && known != name ? known : null;

    /// <summary>What is in parentheses belongs to its tool: <c>Bash(git add:*, git commit:*)</c> is one.</summary>
    private static void Split(string text, bool spaces, Action<int, string> take)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '(' or ')')
            {
                depth = Math.Max(0, depth + (text[i] == '(' ? 1 : -1));
            }

            if (i < text.Length && (depth > 0 || !(text[i] == ',' || text[i] is '\n' || (spaces && char.IsWhiteSpace(text[i])))))
            {
                continue;
            }

            var word = text[start..i];
            if (!string.IsNullOrWhiteSpace(word))
            {
                take(start + (word.Length - word.TrimStart().Length), word.Trim());
            }

            start = i + 1;
        }
    }
}
