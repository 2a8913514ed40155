using System.Text;

namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for skills and commands, and where the open Agent Skills specification is stricter.</summary>
internal static class SkillCheck
{
    /// <summary>UTF-16 units of description and when_to_use that are listed (Claude Code's documentation of skills).</summary>
    public const int MaxListed = 1536;

    private const int RecommendedLines = 500;
    private const int PortableNameLength = 64;
    private const int PortableDescriptionLength = 1024;
    private const int PortableCompatibilityLength = 500;

    private const int PortableBodyTokens = 5000;

    /// <summary>Tokens of a language that is spoken have more bytes, so most skills need not be counted.</summary>
    private const int LeastBytesOfToken = 2;

    private static readonly string[] Keys =
    [
        "name", "description", "when_to_use", "argument-hint", "arguments", "disable-model-invocation", "user-invocable", "allowed-tools", "disallowed-tools",
        "model", "effort", "context", "agent", "background", "hooks", "paths", "shell", "metadata", "license", "compatibility",
    ];

    private static readonly string[] PortableKeys = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];

    public static void Check(Report report)
    {
        var isSkill = report.Kind == FileKind.Skill;
        var directory = report.Path.Split('/') is [.., var parent, _] ? parent : null;
        if (isSkill && directory == "synced")
        {
            report.Add(FindingCodes.SkillDirectoryReserved, 0, "The skill lies in a directory named `synced`.");
        }

        var matter = FrontMatter.Read(report);
        var body = report.Text[matter.BodyStart..];
        if (matter.Fields is { } fields)
        {
            CheckFields(report, fields, isSkill);
        }

        if (isSkill && (matter.Fields is not null || !matter.IsThere))
        {
            // What the open specification demands a file without front matter has not either.
            CheckPortability(report, matter.Fields ?? new Mapping(0, 0, []), directory);
        }

        report.Facts.Name ??= isSkill ? directory : Path.GetFileNameWithoutExtension(report.Path);
        if (isSkill && report.Facts.Description is null && (matter.Fields is not null || !matter.IsThere))
        {
            report.Add(FindingCodes.SkillDescriptionMissing, matter.Fields?.Start ?? 0, "The skill has no `description`.");
        }

        report.Facts.Description ??= Markdown.FirstParagraph(body);
        if (string.IsNullOrWhiteSpace(body))
        {
            report.Add(FindingCodes.SkillBodyEmpty, matter.BodyStart, "There is nothing after the front matter.");
        }

        if (isSkill && report.Map.WrittenLines > RecommendedLines)
        {
            report.Add(FindingCodes.SkillTooLong, report.Map.StartOf(RecommendedLines + 1), $"The file has {report.Map.WrittenLines} lines.");
        }

        if (isSkill && Encoding.UTF8.GetByteCount(body) > PortableBodyTokens * LeastBytesOfToken && TokenEstimate.Count(body) is > PortableBodyTokens and var tokens)
        {
            report.Add(FindingCodes.SkillPortableBodyLong, matter.BodyStart, $"The body has about {tokens} tokens.");
        }

        var commands = Markdown.CheckCommands(report, matter.BodyStart);
        Scripts.FollowText(report, matter.BodyStart, commands);
        Markdown.FollowLinks(report, matter.BodyStart);
    }

    private static void CheckFields(Report report, Mapping fields, bool isSkill)
    {
        Fields.CheckKeys(report, fields, isSkill ? FindingCodes.SkillUnknownKey : FindingCodes.CommandUnknownKey, Keys);
        if (Fields.TextOf(report, fields, "name") is { } name)
        {
            report.Facts.AddField("name", name.Value);
            report.Facts.Name = isSkill ? name.Value : null;
        }

        if (!isSkill)
        {
            foreach (var ignored in fields.Entries.Select(entry => entry.Key).Where(key => key.Value is "name" or "paths"))
            {
                report.Add(FindingCodes.CommandKeyIgnored, ignored, $"The command has a `{ignored.Value}`.");
            }
        }

        var description = Fields.TextOf(report, fields, "description");
        var whenToUse = Fields.TextOf(report, fields, "when_to_use");
        report.Facts.Description = description?.Value;
        var listed = (description?.Value.Length ?? 0) + (whenToUse?.Value.Length ?? 0);
        if (listed > MaxListed)
        {
            report.Add(FindingCodes.SkillDescriptionLong, (description ?? whenToUse)!, $"description and when_to_use have {listed} characters.");
        }

        Fields.CheckBoolean(report, fields, "disable-model-invocation");
        Fields.CheckBoolean(report, fields, "user-invocable");
        Fields.CheckBoolean(report, fields, "background");

        Fields.CheckModel(report, fields);
        Fields.CheckWord(report, fields, "effort", Fields.Efforts);
        Fields.CheckWord(report, fields, "context", ["fork"]);
        Fields.CheckWord(report, fields, "shell", ["bash", "powershell"]);
        if (Fields.TextOf(report, fields, "agent") is { } agent)
        {
            report.Facts.AddReference(report, ReferenceKind.Agent, agent.Value, agent.Start);
        }

        foreach (var tool in Fields.ToolsOf(report, fields, "allowed-tools", spaces: true))
        {
            Permissions.CheckAllowed(report, tool);
        }

        Fields.ToolsOf(report, fields, "disallowed-tools", spaces: true, field: null);
        if (fields["metadata"]?.Value is { IsNull: false } metadata and not Mapping)
        {
            report.Add(FindingCodes.FrontmatterFieldType, metadata, "`metadata` must be a map.");
        }

        if (fields["hooks"] is { } hooks)
        {
            HookCheck.CheckEvents(report, hooks.Value, isSkill: true);
        }
    }

    private static void CheckPortability(Report report, Mapping fields, string? directory)
    {
        if (fields["name"]?.Value is not Scalar { Type: not ScalarType.Null } name)
        {
            report.Add(FindingCodes.SkillPortableNameMissing, fields, "The skill has no `name`.");
        }
        else if (!IsPortableName(name.Value))
        {
            report.Add(FindingCodes.SkillPortableNameInvalid, name, $"The name `{Shown.Short(name.Value)}` is not lower-case words with hyphens.");
        }
        else if (directory is not null && Composed(name.Value) != Composed(directory))
        {
            report.Add(FindingCodes.SkillPortableNameDirectory, name, $"The name is `{Shown.Short(name.Value)}` and the directory `{Shown.Short(directory)}`.");
        }

        if (fields["description"]?.Value.Text is not { } description)
        {
            report.Add(FindingCodes.SkillPortableDescriptionMissing, fields, "The skill has no `description`.");
        }
        else if (description.Length > PortableDescriptionLength)
        {
            report.Add(FindingCodes.SkillPortableDescriptionLong, fields["description"]!.Value, $"The description has {description.Length} characters.");
        }

        foreach (var key in fields.Entries.Select(entry => entry.Key).Where(key => !PortableKeys.Contains(key.Value)))
        {
            report.Add(FindingCodes.SkillPortableUnknownKey, key, $"`{Shown.Short(key.Value)}` is no key of the open specification.");
        }

        if (fields["compatibility"]?.Value is { } compatibility && compatibility.Text is not { Length: <= PortableCompatibilityLength })
        {
            report.Add(FindingCodes.SkillPortableCompatibility, compatibility, "`compatibility` is no text of that length.");
        }

        if (fields["metadata"]?.Value is Mapping metadata && metadata.Entries.FirstOrDefault(entry => entry.Value is not Scalar { Type: ScalarType.Text }) is { } odd)
        {
            report.Add(FindingCodes.SkillPortableMetadata, odd.Value, $"`metadata.{Shown.Short(odd.Key.Value)}` is not text.");
        }

        if (fields["allowed-tools"]?.Value is { } tools && (tools is Sequence || tools.Text?.Contains(',', StringComparison.Ordinal) is true))
        {
            report.Add(FindingCodes.SkillPortableAllowedTools, tools, "`allowed-tools` is a list, or has commas.");
        }
    }

    /// <summary>The reference validator composes a name (NFKC) and takes the letters of every script, in lower case.</summary>
    private static bool IsPortableName(string name)
    {
        var composed = Composed(name);

        return composed.Length is > 0 and <= PortableNameLength
            && composed.All(character => (char.IsLetterOrDigit(character) && char.ToLowerInvariant(character) == character) || character == '-')
            && !composed.StartsWith('-') && !composed.EndsWith('-') && !composed.Contains("--", StringComparison.Ordinal);
    }

    /// <summary>Half a surrogate pair, which YAML can spell, cannot be composed.</summary>
    private static string Composed(string text) =>
        text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) ? text : text.Normalize(NormalizationForm.FormKC);
}
