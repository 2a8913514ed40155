using System.Globalization;

namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for hooks, wherever they are set: a plugin's hooks.json, settings, front matter.</summary>
internal static class HookCheck
{
    /// <summary>No hook waits for a quarter of an hour; whoever writes 1000 means a second.</summary>
    private const double LikelyMilliseconds = 1000;

    private const double MaxSecondsAtSessionEnd = 60;

    private static readonly string[] Shells = ["bash", "powershell"];

    private static readonly Dictionary<string, string[]> Required = new(StringComparer.Ordinal)
    {
        ["command"] = ["command"],
        ["http"] = ["url"],
        ["mcp_tool"] = ["server", "tool"],
        ["prompt"] = ["prompt"],
        ["agent"] = ["prompt"],
    };

    private static readonly string[] Keys =
    [
        "type", "if", "timeout", "statusMessage", "once", "command", "args", "async", "asyncRewake", "shell", "url", "headers", "allowedEnvVars", "server",
        "tool", "input", "prompt", "model", "description",
    ];

    /// <summary>A file that is nothing but hooks.</summary>
    public static void CheckFile(Report report, Mapping root)
    {
        if (root["hooks"] is { } hooks)
        {
            CheckEvents(report, hooks.Value, isSkill: false);
        }
        else
        {
            report.Add(FindingCodes.HooksKeyMissing, root, "The file has no key `hooks`.");
        }
    }

    public static void CheckEvents(Report report, Node value, bool isSkill)
    {
        if (value is not Mapping events)
        {
            if (!value.IsNull)
            {
                report.Add(FindingCodes.HookShape, value, "`hooks` must be an object of events.");
            }

            return;
        }

        foreach (var entry in events.Entries.TakeWhile(_ => !report.IsFull))
        {
            var name = entry.Key.Value;
            if (!HookEvents.All.Contains(name))
            {
                var meant = Report.DidYouMean(name, HookEvents.All);
                report.Add(
                    FindingCodes.HookEventUnknown,
                    entry.Key,
                    meant is null ? $"`{Shown.Short(name)}` is no event." : $"`{Shown.Short(name)}` is no event; `{meant}` is.",
                    meant is not null ? report.Rename(events, entry.Key, meant) : null);
                continue;
            }

            report.Facts.AddField("event", name);
            if (entry.Value is not Sequence groups)
            {
                report.Add(FindingCodes.HookShape, entry.Value, $"`{name}` must be a list.");
                continue;
            }

            foreach (var group in groups.Items.TakeWhile(_ => !report.IsFull))
            {
                CheckGroup(report, name, group, isSkill);
            }
        }
    }

    private static void CheckGroup(Report report, string name, Node value, bool isSkill)
    {
        if (value is not Mapping group || group["hooks"]?.Value is not Sequence handlers)
        {
            report.Add(FindingCodes.HookShape, value, $"An entry of `{name}` has no list `hooks`.");
            return;
        }

        foreach (var key in group.Entries.Select(entry => entry.Key).Where(key => key.Value is not ("matcher" or "hooks" or "description")))
        {
            report.Add(FindingCodes.HookUnknownKey, key, $"`{Shown.Short(key.Value)}` stands beside `hooks`.");
        }

        if (group["matcher"] is { } matcher)
        {
            HookMatcher.Check(report, name, matcher.Value);
        }

        foreach (var handler in handlers.Items)
        {
            if (handler is Mapping fields)
            {
                CheckHandler(report, name, fields, isSkill);
            }
            else
            {
                report.Add(FindingCodes.HookShape, handler, "A hook must be an object.");
            }
        }
    }

    private static void CheckHandler(Report report, string name, Mapping handler, bool isSkill)
    {
        if (handler["type"]?.Value is not { } typeValue)
        {
            report.Add(FindingCodes.HookTypeMissing, handler, "The hook has no `type`.");
        }
        else if (typeValue.Text is not { } type || !Required.TryGetValue(type, out var required))
        {
            report.Add(FindingCodes.HookTypeUnknown, typeValue, $"`{Shown.Short((typeValue as Scalar)?.Value ?? "…")}` is no type of hook.");
        }
        else
        {
            report.Facts.AddField("hook", type);
            foreach (var key in required.Where(key => handler[key]?.Value.Text is null))
            {
                report.Add(FindingCodes.HookFieldMissing, handler, $"A hook of the type {type} needs `{key}`.");
            }
        }

        foreach (var key in handler.Entries.Select(entry => entry.Key).Where(key => !Keys.Contains(key.Value)))
        {
            report.Add(FindingCodes.HookUnknownKey, key, $"`{Shown.Short(key.Value)}` is no key of a hook.");
        }

        CheckTypes(report, handler);
        CheckTimeout(report, name, handler);
        CheckShell(report, handler);
        if (handler["if"] is { } condition && !HookEvents.IsOfTools(name))
        {
            report.Add(FindingCodes.HookIfIgnored, condition.Key, $"The hook of `{name}` has an `if`.");
        }

        if (handler["once"] is { } once && !isSkill)
        {
            report.Add(FindingCodes.HookOnceIgnored, once.Key, "The hook has `once`.");
        }

        if (handler["command"]?.Value is Scalar { Type: ScalarType.Text } command)
        {
            foreach (var part in (handler["args"]?.Value as Sequence)?.Items.OfType<Scalar>().Prepend(command) ?? [command])
            {
                Scripts.Follow(report, part);
                Permissions.CheckRun(report, part);
            }
        }

        if (handler["server"]?.Value is { Text: { } server } at)
        {
            report.Facts.AddReference(report, ReferenceKind.Server, server, at.Start);
        }
    }

    private static void CheckTypes(Report report, Mapping handler)
    {
        foreach (var (key, value) in handler.Entries.Select(entry => (entry.Key.Value, entry.Value)))
        {
            var isRight = key switch
            {
                "command" or "url" or "server" or "tool" or "prompt" or "model" or "statusMessage" or "if" or "shell" => value is Scalar { Type: ScalarType.Text },
                "async" or "asyncRewake" or "once" => value is Scalar { Type: ScalarType.Boolean },
                "args" or "allowedEnvVars" => value is Sequence list && list.Items.All(item => item is Scalar { Type: ScalarType.Text }),
                "headers" => value is Mapping headers && headers.Entries.All(header => header.Value is Scalar { Type: ScalarType.Text }),
                _ => true,
            };
            if (!isRight)
            {
                report.Add(FindingCodes.HookFieldType, value, $"`{key}` has a value of the wrong type.");
            }
        }
    }

    private static void CheckShell(Report report, Mapping handler)
    {
        if (handler["shell"]?.Value is Scalar { Type: ScalarType.Text } shell && !Shells.Contains(shell.Value))
        {
            var meant = Shells.FirstOrDefault(word => string.Equals(word, shell.Value, StringComparison.OrdinalIgnoreCase));
            report.Add(FindingCodes.HookShellUnknown, shell, $"The shell is `{Shown.Short(shell.Value)}`.", meant is null ? null : report.Rewrite(shell, meant));
        }
    }

    private static void CheckTimeout(Report report, string name, Mapping handler)
    {
        if (handler["timeout"]?.Value is not { } value)
        {
            return;
        }

        if (value is not Scalar { Type: ScalarType.Number } number
            || !double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || !(seconds > 0 && double.IsFinite(seconds)))
        {
            report.Add(FindingCodes.HookTimeoutInvalid, value, "`timeout` is no positive number.");
        }
        else if (seconds >= LikelyMilliseconds)
        {
            report.Add(
                FindingCodes.HookTimeoutMilliseconds, value, string.Create(CultureInfo.InvariantCulture, $"`timeout` is {seconds / 60:0.#} minutes, if it is not meant in milliseconds."));
        }
        else if (name == "SessionEnd" && seconds > MaxSecondsAtSessionEnd)
        {
            report.Add(FindingCodes.HookTimeoutSessionEnd, value, string.Create(CultureInfo.InvariantCulture, $"`timeout` is {seconds:0.#} seconds."));
        }
    }
}
