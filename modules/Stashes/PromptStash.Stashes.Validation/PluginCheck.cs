using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for plugin.json: its plugins reference, "Plugin manifest schema".</summary>
internal static partial class PluginCheck
{
    public static readonly string[] Keys =
    [
        "$schema", "name", "displayName", "version", "description", "author", "homepage", "repository", "license", "keywords", "metadata", "defaultEnabled",
        "skills", "commands", "agents", "workflows", "outputStyles", "hooks", "mcpServers", "lspServers", "experimental", "userConfig", "channels",
        "dependencies",
    ];

    private static readonly string[] UserConfigTypes = ["string", "number", "boolean", "directory", "file"];

    public static void Check(Report report, Mapping root)
    {
        if (root["name"]?.Value is not { IsNull: false } name)
        {
            report.Add(FindingCodes.PluginNameMissing, root, "The manifest has no `name`.");
        }
        else
        {
            CheckName(report, name);
            report.Facts.Name = name.Text;
            report.Facts.AddField("name", name.Text);
        }

        report.Facts.Description = root["description"]?.Value.Text;
        Fields.CheckKeys(report, root, FindingCodes.PluginUnknownKey, Keys);
        CheckManifest(report, root);
    }

    public static void CheckName(Report report, Node name)
    {
        if (name.Text is not { } text || !KebabCase().IsMatch(text))
        {
            report.Add(FindingCodes.PluginNameInvalid, name, $"The name is `{Shown.Short((name as Scalar)?.Value ?? "…")}`.");
        }
    }

    /// <summary>The fields that a manifest and a marketplace's entry share.</summary>
    public static void CheckManifest(Report report, Mapping root)
    {
        foreach (var (key, value) in root.Entries.Select(entry => (entry.Key.Value, entry.Value)))
        {
            var isRight = key switch
            {
                "$schema" or "displayName" or "version" or "description" or "homepage" or "repository" or "license" => value is Scalar { Type: ScalarType.Text },
                "author" or "metadata" or "userConfig" or "experimental" => value is Mapping || key is "metadata" or "experimental",
                "keywords" => IsTextList(value),
                "defaultEnabled" => value is Scalar { Type: ScalarType.Boolean },
                "skills" or "commands" or "agents" or "workflows" or "outputStyles" => value is Scalar { Type: ScalarType.Text } || IsTextList(value),
                "hooks" or "mcpServers" or "lspServers" => value is Scalar { Type: ScalarType.Text } or Sequence or Mapping,
                "channels" or "dependencies" => value is Sequence,
                _ => true,
            };
            if (!isRight)
            {
                report.Add(FindingCodes.PluginFieldType, value, $"`{key}` has a value of the wrong type.");
                continue;
            }

            if (key is "skills" or "commands" or "agents" or "workflows" or "outputStyles" or "hooks" or "mcpServers" or "lspServers")
            {
                CheckPaths(report, key, value);
            }
        }

        if (root["version"]?.Value.Text is { } version && !SemanticVersion().IsMatch(version))
        {
            report.Add(FindingCodes.PluginVersionInvalid, root["version"]!.Value, $"The version is `{Shown.Short(version)}`.");
        }

        if (root["hooks"]?.Value is Mapping hooks)
        {
            // Inline, with or without the key that a file of hooks has.
            HookCheck.CheckEvents(report, hooks["hooks"]?.Value ?? hooks, isSkill: false);
        }

        if (root["mcpServers"]?.Value is Mapping servers)
        {
            McpCheck.CheckServers(report, servers["mcpServers"]?.Value as Mapping ?? servers);
        }

        CheckUserConfig(report, root["userConfig"]?.Value as Mapping);
    }

    private static void CheckPaths(Report report, string key, Node value)
    {
        var paths = value switch
        {
            Scalar scalar => [scalar],
            Sequence list => list.Items.OfType<Scalar>(),
            _ => [],
        };
        foreach (var path in paths)
        {
            var segments = path.Value.Split('/');
            if (path.Value.StartsWith("./", StringComparison.Ordinal) && !segments.Contains(".."))
            {
                continue;
            }

            var isRelative = path.Value.Length > 0 && segments[0] is not ("" or "." or "~") && !segments.Contains("..") && !path.Value.Contains(':', StringComparison.Ordinal);
            report.Add(
                FindingCodes.PluginPathInvalid,
                path,
                $"`{key}` names the path `{Shown.Short(path.Value)}`.",
                isRelative && report.PlaceOf(path) is { } place ? Fix.Replace("Begin with ./", place, 0, "./") : null);
        }
    }

    private static void CheckUserConfig(Report report, Mapping? userConfig)
    {
        foreach (var (key, value) in userConfig?.Entries ?? [])
        {
            if (value is not Mapping option
                || option["type"]?.Value.Text is not { } type || !UserConfigTypes.Contains(type)
                || option["title"]?.Value.Text is null
                || option["description"]?.Value.Text is null)
            {
                report.Add(
                    FindingCodes.PluginUserConfigInvalid,
                    value,
                    $"`userConfig.{Shown.Short(key.Value)}` needs a `type` ({string.Join(", ", UserConfigTypes)}), a `title` and a `description`.");
            }
        }
    }

    private static bool IsTextList(Node value) => value is Sequence list && list.Items.All(item => item is Scalar { Type: ScalarType.Text });

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex KebabCase();

    [GeneratedRegex(@"^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z.-]{1,100})?(\+[0-9A-Za-z.-]{1,100})?$", RegexOptions.CultureInvariant)]
    private static partial Regex SemanticVersion();
}
