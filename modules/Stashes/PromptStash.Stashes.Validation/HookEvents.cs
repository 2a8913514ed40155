namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's hook events: its documentation of hooks, "Hook lifecycle" and "Matcher patterns".</summary>
internal static class HookEvents
{
    public static readonly IReadOnlyList<string> All =
    [
        "SessionStart", "Setup", "UserPromptSubmit", "UserPromptExpansion", "PreToolUse", "PermissionRequest", "PermissionDenied", "PostToolUse",
        "PostToolUseFailure", "PostToolBatch", "Notification", "MessageDisplay", "SubagentStart", "SubagentStop", "TaskCreated", "TaskCompleted", "Stop",
        "StopFailure", "TeammateIdle", "InstructionsLoaded", "ConfigChange", "CwdChanged", "DirectoryAdded", "FileChanged", "WorktreeCreate",
        "WorktreeRemove", "PreCompact", "PostCompact", "Elicitation", "ElicitationResult", "SessionEnd",
    ];

    /// <summary>Events about one call of a tool: their matchers are names of tools, and `if` is evaluated.</summary>
    private static readonly HashSet<string> OfTools =
        new(["PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied"], StringComparer.Ordinal);

    private static readonly HashSet<string> WithoutMatcher = new(
        [
            "UserPromptSubmit", "PostToolBatch", "Stop", "TeammateIdle", "TaskCreated", "TaskCompleted", "WorktreeCreate", "WorktreeRemove",
            "MessageDisplay", "CwdChanged",
        ],
        StringComparer.Ordinal);

    /// <summary>What a matcher is held against, where that is a closed list.</summary>
    private static readonly Dictionary<string, string[]> Values = new(StringComparer.Ordinal)
    {
        ["SessionStart"] = ["startup", "resume", "clear", "compact", "fork"],
        ["Setup"] = ["init", "maintenance"],
        ["SessionEnd"] = ["clear", "resume", "logout", "prompt_input_exit", "other"],
        ["PreCompact"] = ["manual", "auto"],
        ["PostCompact"] = ["manual", "auto"],
        ["ConfigChange"] = ["user_settings", "project_settings", "local_settings", "policy_settings", "skills"],
        ["DirectoryAdded"] = ["slash_command", "register_repo_root"],
    };

    public static bool IsOfTools(string name) => OfTools.Contains(name);

    public static bool HasMatcher(string name) => !WithoutMatcher.Contains(name);

    /// <summary>All that the matcher of an event can meet; null where that is open.</summary>
    public static IReadOnlyList<string>? ValuesOf(string name) => Values.GetValueOrDefault(name);
}
