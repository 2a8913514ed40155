using System.Net;

namespace PromptStash.Stashes.Validation;

/// <summary>Claude Code's rules for marketplace.json: its documentation of plugin marketplaces, "Marketplace schema".</summary>
internal static class MarketplaceCheck
{
    private static readonly string[] Keys =
        ["$schema", "name", "owner", "plugins", "description", "version", "metadata", "allowCrossMarketplaceDependenciesOn", "renames"];

    private static readonly string[] EntryKeys = [.. PluginCheck.Keys, "source", "category", "tags", "strict", "relevance"];
    private static readonly string[] RefusedByDesktop = ["org", "org-provisioned", "unknown"];

    private static readonly Dictionary<string, string[]> RequiredOfSource = new(StringComparer.Ordinal)
    {
        ["github"] = ["repo"],
        ["url"] = ["url"],
        ["git-subdir"] = ["url", "path"],
        ["npm"] = ["package"],
        ["archive"] = ["url"],
        ["command"] = [],
    };

    public static void Check(Report report, Mapping root)
    {
        if (root["name"]?.Value is not { IsNull: false } name)
        {
            report.Add(FindingCodes.MarketplaceNameMissing, root, "The marketplace has no `name`.");
        }
        else
        {
            CheckName(report, name);
        }

        report.Facts.Description = root["description"]?.Value.Text ?? (root["metadata"]?.Value as Mapping)?["description"]?.Value.Text;
        foreach (var key in root.Entries.Select(entry => entry.Key).Where(key => !Keys.Contains(key.Value)))
        {
            report.Add(FindingCodes.MarketplaceUnknownKey, key, $"`{Shown.Short(key.Value)}` is no key of a marketplace.");
        }

        if ((root["owner"]?.Value as Mapping)?["name"]?.Value.Text is null)
        {
            report.Add(FindingCodes.MarketplaceOwnerMissing, root["owner"]?.Value ?? root, "The marketplace has no `owner.name`.");
        }

        if (root["plugins"]?.Value is Sequence plugins)
        {
            CheckPlugins(report, plugins);
        }
        else
        {
            report.Add(FindingCodes.MarketplacePluginsMissing, root["plugins"]?.Value ?? root, "The marketplace has no list `plugins`.");
        }
    }

    private static void CheckName(Report report, Node name)
    {
        report.Facts.Name = name.Text;
        report.Facts.AddField("name", name.Text);
        if (name.Text is { } text && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-') && !text.StartsWith('-'))
        {
            if (RefusedByDesktop.Contains(text) || text.Length > 128)
            {
                report.Add(FindingCodes.MarketplaceNameDesktop, name, $"The name is `{Shown.Short(text)}`.");
            }
        }
        else
        {
            report.Add(FindingCodes.MarketplaceNameInvalid, name, $"The name is `{Shown.Short((name as Scalar)?.Value ?? "…")}`.");
        }
    }

    private static void CheckPlugins(Report report, Sequence plugins)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in plugins.Items.TakeWhile(_ => !report.IsFull))
        {
            if (item is not Mapping plugin)
            {
                report.Add(FindingCodes.MarketplacePluginShape, item, "A plugin must be an object.");
                continue;
            }

            if (plugin["name"]?.Value is { IsNull: false } name)
            {
                PluginCheck.CheckName(report, name);
                report.Facts.AddField("plugin", name.Text);
                if (name.Text is { } text && !names.Add(text))
                {
                    report.Add(FindingCodes.MarketplacePluginDuplicate, name, $"A second plugin is named `{Shown.Short(text)}`.");
                }
            }
            else
            {
                report.Add(FindingCodes.MarketplacePluginShape, plugin, "A plugin has no `name`.");
            }

            if (plugin["source"]?.Value is { } source)
            {
                CheckSource(report, source);
            }
            else
            {
                report.Add(FindingCodes.MarketplacePluginShape, plugin, "A plugin has no `source`.");
            }

            Fields.CheckKeys(report, plugin, FindingCodes.PluginUnknownKey, EntryKeys);
            PluginCheck.CheckManifest(report, plugin);
        }
    }

    private static void CheckSource(Report report, Node source)
    {
        switch (source)
        {
            case Scalar { Type: ScalarType.Text } path:
                CheckPath(report, path);
                break;
            case Mapping map when map["source"]?.Value.Text is { } type && RequiredOfSource.TryGetValue(type, out var required):
                foreach (var key in required.Where(key => map[key]?.Value.Text is null))
                {
                    report.Add(FindingCodes.MarketplaceSourceInvalid, map, $"A source of the type {type} needs `{key}`.");
                }

                if (type == "archive" && map["url"]?.Value is { Text: { } url } at && !IsPublicHttps(url))
                {
                    report.Add(FindingCodes.MarketplaceSourceInvalid, at, "An archive comes from an https address of another machine.");
                }

                break;
            case Mapping map:
                report.Add(FindingCodes.MarketplaceSourceInvalid, map["source"]?.Value ?? map, $"The type of a source is one of {string.Join(", ", RequiredOfSource.Keys)}.");
                break;
            default:
                report.Add(FindingCodes.MarketplaceSourceInvalid, source, "A source is a path or an object.");
                break;
        }
    }

    private static void CheckPath(Report report, Scalar path)
    {
        var segments = path.Value.Split('/');
        if (path.Value.StartsWith("./", StringComparison.Ordinal) && !segments.Contains(".."))
        {
            // Paths begin at the folder around .claude-plugin.
            if (report.Path.EndsWith(".claude-plugin/marketplace.json", StringComparison.OrdinalIgnoreCase)
                && Scripts.Combine(report.Path[..^".claude-plugin/marketplace.json".Length], path.Value) is { Length: > 0 } target)
            {
                report.Facts.AddReference(report, ReferenceKind.Plugin, target, path.Start);
            }

            return;
        }

        var isRelative = path.Value.Length > 0 && segments[0] is not ("" or "." or "~") && !segments.Contains("..") && !path.Value.Contains(':', StringComparison.Ordinal);
        report.Add(
            FindingCodes.MarketplaceSourceInvalid,
            path,
            $"The source `{Shown.Short(path.Value)}` is no path that begins with ./ and stays inside the marketplace.",
            isRelative && report.PlaceOf(path) is { } place ? Fix.Replace("Begin with ./", place, 0, "./") : null);
    }

    private static bool IsPublicHttps(string address) =>
        address.Contains("${", StringComparison.Ordinal)
        || (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && !url.IsLoopback
            && !(IPAddress.TryParse(url.Host, out var ip) && (ip.IsIPv6LinkLocal || ip.ToString().StartsWith("169.254.", StringComparison.Ordinal))));
}
