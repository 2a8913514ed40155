namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for settings.json: permissions, hooks and environment variables. Other keys come with every release and are left alone.</summary>
internal static class SettingsCheck
{
    /// <summary>What Claude Code reads of the settings of a plugin: its plugins reference, "Plugin directory structure".</summary>
    private static readonly string[] KeysOfPlugins = ["$schema", "agent", "subagentStatusLine"];

    public static void Check(Report report, Mapping root)
    {
        if (Path.GetFileName(report.Path) == "settings.json")
        {
            foreach (var key in root.Entries.Select(entry => entry.Key).Where(key => !KeysOfPlugins.Contains(key.Value)))
            {
                report.Facts.AddReference(report, ReferenceKind.Setting, key.Value, key.Start);
            }
        }

        if (root["permissions"] is { } permissions)
        {
            Permissions.Check(report, permissions.Value);
        }

        if (root["hooks"] is { } hooks)
        {
            HookCheck.CheckEvents(report, hooks.Value, isSkill: false);
            if (root["disableAllHooks"] is { Value: Scalar { Type: ScalarType.Boolean, Value: "true" } } disabled && hooks.Value is Mapping { Entries.Count: > 0 })
            {
                report.Add(FindingCodes.HookAllDisabled, disabled.Key, "`disableAllHooks` is true.");
            }
        }

        if (root["env"]?.Value is { } environment)
        {
            if (environment is not Mapping variables)
            {
                report.Add(FindingCodes.SettingsEnvType, environment, "`env` must be an object.");
            }
            else
            {
                foreach (var variable in variables.Entries.Where(entry => entry.Value is not Scalar { Type: ScalarType.Text }))
                {
                    report.Add(FindingCodes.SettingsEnvType, variable.Value, $"`env.{Shown.Short(variable.Key.Value)}` is no text.");
                }
            }
        }

        if (root["model"]?.Value.Text is { } model)
        {
            report.Facts.AddField("model", model);
        }
    }
}
