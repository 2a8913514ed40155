using YamlDotNet.RepresentationModel;

namespace PromptStash.Deployment.Tests;

/// <summary>A compose file as it is written, before its variables are filled in.</summary>
internal sealed class ComposeFile
{
    private ComposeFile(string text)
    {
        Text = text;
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        Root = (YamlMappingNode)yaml.Documents.Single().RootNode;
        Services = Root.Mapping("services").ToDictionary(service => service.Key, service => new ComposeService(service.Key, (YamlMappingNode)service.Value));
    }

    public string Text { get; }

    public YamlMappingNode Root { get; }

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    public static ComposeFile Read(string path) => new(File.ReadAllText(path));
}

/// <summary>A service of a compose file; what is not stated is empty or <see langword="null"/>.</summary>
internal sealed class ComposeService(string name, YamlMappingNode node)
{
    public string Name => name;

    public string Image => Text("image")!;

    public string? Restart => Text("restart");

    public bool IsReadOnly => Text("read_only") == "true";

    public string? StopSignal => Text("stop_signal");

    public string? StopGracePeriod => Text("stop_grace_period");

    public string? Replicas => ((node.Find("deploy") as YamlMappingNode)?.Find("replicas") as YamlScalarNode)?.Value;

    public string? MemoryLimit =>
        ((((node.Find("deploy") as YamlMappingNode)?.Find("resources") as YamlMappingNode)?.Find("limits") as YamlMappingNode)?.Find("memory") as YamlScalarNode)?.Value;

    public IReadOnlyList<string> Command => List("command");

    public IReadOnlyList<string> CapAdd => List("cap_add");

    public IReadOnlyList<string> CapDrop => List("cap_drop");

    public IReadOnlyList<string> SecurityOpt => List("security_opt");

    public IReadOnlyList<string> Ports => List("ports");

    public IReadOnlyList<string> InMemory => List("tmpfs");

    public IReadOnlyList<string> Networks => List("networks");

    public IReadOnlyDictionary<string, string> Environment =>
        node.Mapping("environment").ToDictionary(variable => variable.Key, variable => ((YamlScalarNode)variable.Value).Value ?? "");

    public IReadOnlyDictionary<string, string> DependsOn => node.Mapping("depends_on").ToDictionary(
        other => other.Key, other => ((YamlScalarNode)((YamlMappingNode)other.Value).Find("condition")!).Value!);

    /// <summary>The health check's command and times, by their names.</summary>
    public IReadOnlyDictionary<string, string> Healthcheck => node.Mapping("healthcheck").ToDictionary(
        setting => setting.Key,
        setting => setting.Value is YamlSequenceNode words ? string.Join('\n', words.Cast<YamlScalarNode>()) : setting.Value.ToString());

    /// <summary>Where volumes are mounted that the engine keeps.</summary>
    public IReadOnlyList<string> Volumes =>
        [.. Items("volumes").OfType<YamlMappingNode>().Where(volume => volume.Find("type")?.ToString() == "volume").Select(volume => volume.Find("target")!.ToString())];

    /// <summary>Secrets, by the file that they are inside the container.</summary>
    public IReadOnlyDictionary<string, string> Secrets => Items("secrets").Cast<YamlMappingNode>().ToDictionary(
        secret => (secret.Find("target") ?? secret.Find("source")!).ToString(), secret => secret.Find("source")!.ToString());

    private string? Text(string key) => (node.Find(key) as YamlScalarNode)?.Value;

    private List<string> List(string key) => [.. Items(key).Select(item => item.ToString())];

    private YamlSequenceNode Items(string key) => node.Find(key) as YamlSequenceNode ?? [];
}

/// <summary>YAML by name.</summary>
internal static class Yaml
{
    public static YamlNode? Find(this YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public static IEnumerable<KeyValuePair<string, YamlNode>> Mapping(this YamlMappingNode node, string key) =>
        node.Find(key) is YamlMappingNode mapping ? mapping.Children.Select(pair => KeyValuePair.Create(pair.Key.ToString(), pair.Value)) : [];
}
