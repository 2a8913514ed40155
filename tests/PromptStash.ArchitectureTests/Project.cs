using System.Text.Json;
using System.Xml.Linq;

namespace PromptStash.ArchitectureTests;

/// <summary>A csproj file, and what MSBuild made of it and of the Directory.Build.props above it when it was restored.</summary>
internal sealed class Project(string path)
{
    private readonly XDocument _xml = XDocument.Load(path);
    private readonly Lazy<JsonElement?> _restored = new(() => ReadRestored(path));

    public string Path => path;

    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path);

    public string Folder { get; } = System.IO.Path.GetDirectoryName(path)!;

    public bool IsContracts => Name.EndsWith(".Contracts", StringComparison.Ordinal);

    /// <summary>A library beside a module, <c>PromptStash.Module.Something</c>: plain C# that knows neither the web nor a database.</summary>
    public bool IsLibrary => Repository.Relative(path).StartsWith("modules/", StringComparison.Ordinal) && !IsContracts && Name.Split('.').Length > 2;

    public bool IsTest => Repository.Relative(path).StartsWith("tests/", StringComparison.Ordinal);

    public bool IsBuildingBlocks => Repository.Relative(path).StartsWith($"modules/{Repository.BuildingBlocks}/", StringComparison.Ordinal);

    /// <summary>The projects it references: as written, and as evaluated, which counts what the props files add.</summary>
    public IReadOnlySet<string> ProjectReferences => Include("ProjectReference")
        .Concat(Restored("restore", "frameworks").SelectMany(framework => Names(framework, "projectReferences")))
        .Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Its packages without those of which nothing gets out: analyzers, tools of the design time.</summary>
    public IReadOnlySet<string> PackageReferences => Restored("frameworks")
        .SelectMany(framework => framework.TryGetProperty("dependencies", out var packages)
            ? packages.EnumerateObject().Where(package => !(package.Value.TryGetProperty("suppressParent", out var assets) && assets.GetString() == "All"))
            : [])
        .Select(package => package.Name)
        .ToHashSet(StringComparer.Ordinal);

    public IReadOnlySet<string> FrameworkReferences => Restored("frameworks")
        .SelectMany(framework => Names(framework, "frameworkReferences"))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>References to files, which go past all rules about projects.</summary>
    public IEnumerable<string> AssemblyReferences => Include("Reference");

    public bool IsRestored => _restored.Value is not null;

    /// <summary>Packages that carry a version of their own, beside the central list.</summary>
    public IEnumerable<string> PinnedPackages => _xml.Descendants()
        .Where(item => item.Name.LocalName is "PackageReference" or "PackageVersion" or "GlobalPackageReference")
        .Where(item => item.Attributes().Select(attribute => attribute.Name.LocalName).Concat(item.Elements().Select(element => element.Name.LocalName))
            .Any(name => name is "Version" or "VersionOverride"))
        .Select(item => (string?)item.Attribute("Include") ?? (string?)item.Attribute("Update") ?? item.Name.LocalName);

    public override string ToString() => Name;

    private IEnumerable<string> Include(string item) => _xml.Descendants()
        .Where(element => element.Name.LocalName == item)
        .Select(element => (string?)element.Attribute("Include"))
        .OfType<string>();

    private IEnumerable<JsonElement> Restored(params string[] keys)
    {
        if (_restored.Value is not { } element)
        {
            return [];
        }

        foreach (var key in keys)
        {
            element = element.GetProperty(key);
        }

        return element.EnumerateObject().Select(framework => framework.Value);
    }

    private static IEnumerable<string> Names(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) ? value.EnumerateObject().Select(property => property.Name) : [];

    private static JsonElement? ReadRestored(string path)
    {
        var assets = new FileInfo(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, "obj", "project.assets.json"));
        if (!assets.Exists)
        {
            return null;
        }

        using var stream = assets.OpenRead();
        return JsonSerializer.Deserialize<JsonElement>(stream).GetProperty("project");
    }
}
