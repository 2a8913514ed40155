using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for MCP servers: .mcp.json, a plugin's manifest, an agent's front matter.</summary>
internal static partial class McpCheck
{
    private static readonly string[] Keys =
        ["type", "command", "args", "env", "url", "headers", "headersHelper", "timeout", "alwaysLoad", "oauth"];

    /// <summary>How much of a value is searched for broken variables, in UTF-16 units.</summary>
    private const int MaxExpanded = 1000;

    private static readonly string[] Types = ["stdio", "http", "streamable-http", "sse", "ws"];
    private static readonly string[] ReservedNames = ["workspace", "claude-in-chrome", "computer-use", "Claude Preview", "Claude Browser"];

    public static void CheckFile(Report report, Mapping root)
    {
        if (root["mcpServers"] is not { } servers)
        {
            // Claude Code reads .mcp.json. An mcp.json is others', who have their own keys and rules, unless it holds what Claude Code reads.
            if (Path.GetFileName(report.Path).Equals("mcp.json", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var server in (root["servers"]?.Value as Mapping)?.Entries ?? [])
                {
                    report.Facts.AddField("server", server.Key.Value);
                }

                return;
            }

            report.Add(FindingCodes.McpServersMissing, root, "The file has no key `mcpServers`.");
        }
        else if (servers.Value is Mapping map)
        {
            CheckServers(report, map);
        }
        else
        {
            report.Add(FindingCodes.McpServersMissing, servers.Value, "`mcpServers` must be an object.");
        }
    }

    public static void CheckServers(Report report, Mapping servers)
    {
        foreach (var (key, value) in servers.Entries.TakeWhile(_ => !report.IsFull))
        {
            report.Facts.AddField("server", key.Value);
            if (ReservedNames.Contains(key.Value))
            {
                report.Add(FindingCodes.McpServerNameReserved, key, $"A server is named `{key.Value}`.");
            }
            else if (!((ReadOnlySpan<char>)key.Value).ContainsOnlyKeyCharacters() || key.Value.Length == 0)
            {
                report.Add(FindingCodes.McpServerNameInvalid, key, $"A server is named `{Shown.Short(key.Value)}`.");
            }

            if (value is Mapping server)
            {
                CheckServer(report, key.Value, server);
            }
            else
            {
                report.Add(FindingCodes.McpServerShape, value, $"The server `{Shown.Short(key.Value)}` is no object.");
            }
        }
    }

    private static void CheckServer(Report report, string name, Mapping server)
    {
        CheckTransport(report, name, server);
        CheckTypes(report, server);
        foreach (var key in server.Entries.Select(entry => entry.Key).Where(key => !Keys.Contains(key.Value)))
        {
            report.Add(FindingCodes.McpUnknownKey, key, $"`{Shown.Short(key.Value)}` is no key of a server.");
        }

        foreach (var (key, value, isText) in ValuesOf(server).TakeWhile(_ => !report.IsFull))
        {
            CheckValue(report, key, value, isText);
            if (key == "command" || !isText)
            {
                Scripts.Follow(report, value);
            }

            if (isText)
            {
                report.AddExpanded(value, VariableName().IsMatch(key) ? key : null);
            }
        }
    }

    private static void CheckTransport(Report report, string name, Mapping server)
    {
        var url = server["url"];
        var type = server["type"]?.Value;
        var shown = Shown.Short(name);
        if (type is null && url is not null && !server.Has("command"))
        {
            var isSse = url.Value.Text?.TrimEnd('/').EndsWith("/sse", StringComparison.OrdinalIgnoreCase) is true;
            var fix = report.Kind is FileKind.Mcp or FileKind.Plugin
                ? Fix.Replace("Say how to connect", url.Key.Start, 0, isSse ? "\"type\": \"sse\", " : "\"type\": \"http\", ")
                : null;
            report.Add(FindingCodes.McpUrlWithoutType, url.Key, $"The server `{shown}` has a `url` and no `type`.", fix);
            return;
        }

        if (type is not null && !(type.Text is { } known && Types.Contains(known)))
        {
            var meant = type.Text is { } written ? Types.FirstOrDefault(word => string.Equals(word, written, StringComparison.OrdinalIgnoreCase)) : null;
            report.Add(
                FindingCodes.McpTypeUnknown,
                type,
                $"The server `{shown}` has the type `{Shown.Short((type as Scalar)?.Value ?? "…")}`.",
                meant is not null && type is Scalar scalar ? report.Rewrite(scalar, meant) : null);
            return;
        }

        var isCommand = type?.Text is null or "stdio";
        if (isCommand && server["command"]?.Value.Text is null)
        {
            report.Add(FindingCodes.McpCommandMissing, server, $"The server `{shown}` has no `command`.");
        }
        else if (!isCommand && url?.Value.Text is null)
        {
            report.Add(FindingCodes.McpUrlMissing, server, $"The server `{shown}` has no `url`.");
        }

        if (url is not null && server["command"] is { } command)
        {
            report.Add(FindingCodes.McpCommandAndUrl, isCommand ? url.Key : command.Key, $"The server `{shown}` has both `command` and `url`.");
        }

        if (type?.Text == "sse")
        {
            report.Add(FindingCodes.McpSseDeprecated, type, $"The server `{shown}` is reached over sse.");
        }

        if (!isCommand && url?.Value.Text is { } address && !IsUrl(address))
        {
            report.Add(FindingCodes.McpUrlInvalid, url.Value, $"`{Shown.Short(Secrets.Masked(address))}` is no address that begins with http, https, ws or wss.");
        }
    }

    /// <summary>An address with a variable in it is known only when it is expanded.</summary>
    private static bool IsUrl(string address) =>
        address.Contains("${", StringComparison.Ordinal)
        || (Uri.TryCreate(address.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ws" or "wss");

    private static void CheckTypes(Report report, Mapping server)
    {
        foreach (var (key, value) in server.Entries.Select(entry => (entry.Key.Value, entry.Value)))
        {
            var isRight = key switch
            {
                "command" or "url" or "headersHelper" => value is Scalar { Type: ScalarType.Text },
                "args" => value is Sequence list && list.Items.All(item => item is Scalar { Type: ScalarType.Text }),
                "env" or "headers" => value is Mapping map && map.Entries.All(entry => entry.Value is Scalar { Type: ScalarType.Text }),
                "oauth" => value is Mapping,
                "timeout" => value is Scalar { Type: ScalarType.Number },
                "alwaysLoad" => value is Scalar { Type: ScalarType.Boolean },
                _ => true,
            };
            if (!isRight)
            {
                report.Add(FindingCodes.McpFieldType, value, $"`{key}` has a value of the wrong type.");
            }
        }
    }

    /// <summary>The values in which variables are expanded; the last says whether a lone $NAME can only be meant as a variable.</summary>
    private static IEnumerable<(string Key, Scalar Value, bool IsText)> ValuesOf(Mapping server)
    {
        foreach (var (key, value) in server.Entries.Select(entry => (entry.Key.Value, entry.Value)))
        {
            switch (key, value)
            {
                case ("command" or "url", Scalar { Type: ScalarType.Text } scalar):
                    yield return (key, scalar, key == "url");
                    break;
                case ("args", Sequence list):
                    foreach (var item in list.Items.OfType<Scalar>().Where(item => item.Type == ScalarType.Text))
                    {
                        yield return (key, item, false);
                    }

                    break;
                case ("env" or "headers", Mapping map):
                    foreach (var (name, scalar) in map.Entries.Select(entry => (entry.Key.Value, entry.Value as Scalar)).Where(pair => pair.Item2 is { Type: ScalarType.Text }))
                    {
                        yield return (name, scalar!, true);
                    }

                    break;
            }
        }
    }

    private static void CheckValue(Report report, string key, Scalar value, bool isText)
    {
        var text = value.Value;
        var trimmed = text.Trim();
        if (text.Length != trimmed.Length && trimmed.Length > 0)
        {
            report.Add(FindingCodes.McpWhitespace, value, $"`{Shown.Short(key)}` has white space around its value.", report.PlaceOf(value) is null ? null : report.Rewrite(value, trimmed) is { } rewrite ? rewrite with { Title = "Remove the white space" } : null);
        }

        if (isText && LoneVariable().IsMatch(trimmed))
        {
            report.Add(
                FindingCodes.McpVariableSyntax, value, $"`{Shown.Short(trimmed)}` is not expanded.", report.Rewrite(value, trimmed[1] == '{' ? trimmed : $"${{{trimmed[1..]}}}"));
        }
        else if (BrokenVariable().IsMatch(text[..Math.Min(text.Length, MaxExpanded)]))
        {
            report.Add(FindingCodes.McpVariableSyntax, value, $"`{Shown.Short(key)}` has a `${{` that begins no variable.");
        }
    }

    [GeneratedRegex("^[A-Z][A-Z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    [GeneratedRegex(@"^\$[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex LoneVariable();

    [GeneratedRegex(@"\$\{(?![A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\})", RegexOptions.CultureInvariant)]
    private static partial Regex BrokenVariable();
}
