namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for subagents: its documentation of subagents, "Supported frontmatter fields".</summary>
internal static class AgentCheck
{
    private static readonly string[] Keys =
    [
        "name", "description", "tools", "disallowedTools", "model", "permissionMode", "maxTurns", "skills", "mcpServers", "hooks", "memory", "background",
        "effort", "isolation", "color", "initialPrompt",
    ];

    public static void Check(Report report)
    {
        var matter = FrontMatter.Read(report);
        if (AgentPaths.IsCopilots(report.Path))
        {
            Read(report, matter.Fields);
            return;
        }

        if (!matter.IsThere)
        {
            report.Add(FindingCodes.AgentFrontmatterMissing, 0, "The file has no front matter.");
            return;
        }

        if (matter.Fields is not { } fields)
        {
            return;
        }

        Fields.CheckKeys(report, fields, FindingCodes.AgentUnknownKey, Keys, "allowed-tools", "allowedTools");
        CheckName(report, fields);
        CheckDescription(report, fields);
        CheckTools(report, fields);
        CheckRest(report, fields);
        if (string.IsNullOrWhiteSpace(report.Text[matter.BodyStart..]))
        {
            report.Add(FindingCodes.AgentBodyEmpty, matter.BodyStart, "There is nothing after the front matter.");
        }
    }

    /// <summary>Only what an agent of others can be found by: it has other fields, models and tools, and is called by its file.</summary>
    private static void Read(Report report, Mapping? fields)
    {
        report.Facts.Name = fields?["name"]?.Value.Text;
        report.Facts.Description = fields?["description"]?.Value.Text;
        report.Facts.AddField("name", report.Facts.Name);
        report.Facts.AddField("model", fields?["model"]?.Value.Text);
        foreach (var tool in (fields?["tools"]?.Value as Sequence)?.Items ?? [])
        {
            report.Facts.AddField("tools", tool.Text);
        }
    }

    private static void CheckName(Report report, Mapping fields)
    {
        if (Fields.TextOf(report, fields, "name") is not { } name)
        {
            if (AgentPaths.IsPlugins(report.Path))
            {
                report.Add(FindingCodes.AgentPluginNameMissing, fields, "The agent has no `name`.");
            }
            else
            {
                report.Add(FindingCodes.AgentNameMissing, fields, "The agent has no `name`.");
            }

            return;
        }

        report.Facts.Name = name.Value;
        report.Facts.AddField("name", name.Value);
        if (name.Value.StartsWith('-') || name.Value.Contains(':', StringComparison.Ordinal))
        {
            report.Add(FindingCodes.AgentNameInvalid, name, $"The name `{Shown.Short(name.Value)}` begins with a hyphen or has a colon.");
        }
        else if (name.Value.Any(character => !(char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')))
        {
            report.Add(FindingCodes.AgentNameStyle, name, $"The name `{Shown.Short(name.Value)}` has other characters than lower-case letters, digits and hyphens.");
        }
    }

    private static void CheckDescription(Report report, Mapping fields)
    {
        if (Fields.TextOf(report, fields, "description") is { } description)
        {
            report.Facts.Description = description.Value;
        }
        else if (fields["description"]?.Value is null or Scalar)
        {
            report.Add(FindingCodes.AgentDescriptionMissing, fields, "The agent has no `description`.");
        }
    }

    private static void CheckTools(Report report, Mapping fields)
    {
        var tools = Fields.ToolsOf(report, fields, "tools", spaces: false);
        if (tools.Count == 0 && fields["tools"]?.Value is Scalar { Type: not ScalarType.Null } or Sequence { Items.Count: 0 })
        {
            report.Add(FindingCodes.AgentToolsEmpty, fields["tools"]!.Value, "`tools` lists no tool.");
        }

        Fields.ToolsOf(report, fields, "disallowedTools", spaces: false, field: null);
        foreach (var key in fields.Entries.Where(entry => entry.Key.Value is "allowed-tools" or "allowedTools"))
        {
            // Where skills separate tools by spaces, agents do not: such a list would become one tool that is not there.
            var sameInAgents = key.Value is Sequence || (key.Value.Text is { } list && (list.Contains(',', StringComparison.Ordinal) || !list.Contains(' ', StringComparison.Ordinal)));
            report.Add(
                FindingCodes.AgentAllowedTools,
                key.Key,
                $"Agents list their tools under `tools`, not `{key.Key.Value}`.",
                sameInAgents ? report.Rename(fields, key.Key, "tools") : null);
        }

        foreach (var skill in Fields.EntriesOf(report, fields, "skills", spaces: false))
        {
            report.Facts.AddField("skills", skill.Name);
            report.Facts.AddReference(report, ReferenceKind.Skill, skill.Name, skill.Offset);
        }
    }

    private static void CheckRest(Report report, Mapping fields)
    {
        Fields.CheckModel(report, fields);
        Fields.CheckWord(report, fields, "permissionMode", Fields.PermissionModes);
        Fields.CheckWord(report, fields, "memory", ["user", "project", "local"]);
        Fields.CheckWord(report, fields, "effort", Fields.Efforts);
        Fields.CheckWord(report, fields, "isolation", ["worktree"]);
        Fields.CheckWord(report, fields, "color", ["red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"]);
        Fields.CheckBoolean(report, fields, "background");
        if (fields["maxTurns"]?.Value is { IsNull: false } turns && !(turns is Scalar { Type: ScalarType.Number } number && int.TryParse(number.Value, out var count) && count > 0))
        {
            report.Add(FindingCodes.FrontmatterFieldType, turns, "`maxTurns` must be a positive whole number.");
        }

        if (Fields.TextOf(report, fields, "permissionMode") is { Value: "bypassPermissions" } mode)
        {
            report.Add(FindingCodes.PermissionBypass, mode, "The agent runs with `bypassPermissions`.");
        }

        CheckServers(report, fields);
        if (fields["hooks"] is { } hooks)
        {
            HookCheck.CheckEvents(report, hooks.Value, isSkill: false);
        }

        if (AgentPaths.IsPlugins(report.Path))
        {
            foreach (var ignored in fields.Entries.Select(entry => entry.Key).Where(key => key.Value is "hooks" or "mcpServers" or "permissionMode"))
            {
                report.Add(FindingCodes.AgentPluginFieldIgnored, ignored, $"The agent sets `{ignored.Value}`.");
            }
        }
    }

    private static void CheckServers(Report report, Mapping fields)
    {
        switch (fields["mcpServers"]?.Value)
        {
            case Mapping servers:
                McpCheck.CheckServers(report, servers);
                break;
            case Sequence list:
                foreach (var item in list.Items)
                {
                    if (item is Mapping inline)
                    {
                        McpCheck.CheckServers(report, inline);
                    }
                    else if (item.Text is { } name)
                    {
                        report.Facts.AddReference(report, ReferenceKind.Server, name, item.Start);
                    }
                }

                break;
            case Scalar { Type: not ScalarType.Null } other:
                report.Add(FindingCodes.FrontmatterFieldType, other, "`mcpServers` must be a list of names or servers.");
                break;
        }
    }
}
