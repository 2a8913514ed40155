using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Permissions that are wider than most who grant them know.</summary>
internal static partial class Permissions
{
    /// <summary>How much of a command is searched, in UTF-16 units.</summary>
    private const int MaxCommand = 10_000;

    /// <summary>Looks at one tool that may be used without a question.</summary>
    public static void CheckAllowed(Report report, ToolEntry tool)
    {
        if (IsWide(tool.Name))
        {
            report.Add(FindingCodes.PermissionWide, tool.Offset, $"`{Shown.Short(tool.Name)}` allows every command.");
        }
    }

    /// <summary>Looks at what a hook runs: Claude Code itself, told to ask nobody.</summary>
    public static void CheckRun(Report report, Scalar command)
    {
        if (Bypass().Match(command.Value[..Math.Min(command.Value.Length, MaxCommand)]) is { Success: true } flag)
        {
            report.Add(FindingCodes.PermissionBypass, report.PlaceOf(command) + flag.Index ?? command.Start, $"The hook runs something with `{flag.Value}`.");
        }
    }

    private static bool IsWide(string rule)
    {
        var plain = rule.Replace(" ", "", StringComparison.Ordinal);

        return plain is "*" or "Bash" or "Bash()" or "Bash(*)" or "Bash(:*)" or "Bash(*:*)" or "Bash(**)" or "PowerShell" or "PowerShell(*)" or "PowerShell(:*)";
    }

    /// <summary>The permissions of a settings file.</summary>
    public static void Check(Report report, Node value)
    {
        if (value is not Mapping permissions)
        {
            report.Add(FindingCodes.SettingsPermissionsShape, value, "`permissions` must be an object.");
            return;
        }

        foreach (var (key, list) in permissions.Entries.Where(entry => entry.Key.Value is "allow" or "deny" or "ask" or "additionalDirectories").Select(entry => (entry.Key.Value, entry.Value)))
        {
            if (list is not Sequence rules)
            {
                report.Add(FindingCodes.SettingsPermissionsShape, list, $"`permissions.{key}` must be a list.");
                continue;
            }

            foreach (var rule in rules.Items)
            {
                CheckRule(report, key, rule);
            }
        }

        if (permissions["defaultMode"]?.Value is { } mode)
        {
            if (mode.Text is not { } name || !Fields.PermissionModes.Contains(name))
            {
                report.Add(FindingCodes.SettingsModeUnknown, mode, $"`defaultMode` is none of {string.Join(", ", Fields.PermissionModes)}.");
            }
            else if (name == "bypassPermissions")
            {
                report.Add(FindingCodes.PermissionBypass, mode, "`defaultMode` is `bypassPermissions`.");
            }
        }
    }

    private static void CheckRule(Report report, string key, Node rule)
    {
        if (rule.Text is not { } text)
        {
            report.Add(FindingCodes.SettingsPermissionRule, rule, $"An entry of `permissions.{key}` is no text.");
        }
        else if (key != "additionalDirectories")
        {
            var open = text.IndexOf('(', StringComparison.Ordinal);
            if (open == 0 || (open > 0) != text.EndsWith(')') || (open > 0 ? text[..open] : text).Any(char.IsWhiteSpace))
            {
                report.Add(FindingCodes.SettingsPermissionRule, rule, $"`{Shown.Short(text)}` is no permission rule.");
            }
            else if (key == "allow")
            {
                report.Facts.AddField("tools", open > 0 ? text[..open] : text);
                CheckAllowed(report, new ToolEntry(text, rule.Start, Place: null));
            }
        }
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9-])(--dangerously-skip-permissions|--permission-mode[ =]bypassPermissions)(?![A-Za-z0-9-])", RegexOptions.CultureInvariant)]
    private static partial Regex Bypass();
}
