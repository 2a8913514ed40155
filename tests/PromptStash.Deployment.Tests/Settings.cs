using System.Reflection;
using PromptStash.MigrationService.Verbs;
using PromptStash.ServiceDefaults;

namespace PromptStash.Deployment.Tests;

/// <summary>The settings that the product has, read from its options: a misspelt one in a deployment file would be ignored without a word.</summary>
internal static class Settings
{
    private static readonly string[] WithoutOptions =
    [
        $"ConnectionStrings__{DatabaseConnection.Name}", $"ConnectionStrings__{DatabaseConnection.DirectName}", DatabaseConnection.UrlVariable,
        DatabaseConnection.PasswordSetting.Replace(":", "__", StringComparison.Ordinal), SecretFiles.FolderSetting.Replace(":", "__", StringComparison.Ordinal),
        Roles.PasswordSetting("owner"), Roles.PasswordSetting("app"), Roles.PasswordSetting("readonly"),

        // The platform's own.
        "HTTP_PORTS", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "TMPDIR",
    ];

    /// <summary>Every options class, by its section.</summary>
    private static readonly ILookup<string, Type> Sections = Assemblies()
        .SelectMany(assembly => assembly.GetTypes())
        .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)))
        .Where(options => options.Section is { IsLiteral: true })
        .ToLookup(options => (string)options.Section!.GetRawConstantValue()!, options => options.Type, StringComparer.OrdinalIgnoreCase);

    public static bool Has(string variable) =>
        WithoutOptions.Contains(variable, StringComparer.OrdinalIgnoreCase)
        || Sections.Any(section => variable.StartsWith(Prefix(section.Key), StringComparison.OrdinalIgnoreCase)
            && section.Any(type => IsProperty(type, variable[Prefix(section.Key).Length..].Split("__"))));

    /// <summary>What a setting is unless it is set.</summary>
    public static object Default(string section, string name) => Sections[section]
        .Select(type => (Options: type, Property: type.GetProperty(name)))
        .Where(found => found.Property is not null)
        .Select(found => found.Property!.GetValue(Activator.CreateInstance(found.Options)))
        .Single()!;

    /// <summary>Every number and duration that can be set, by its name, with what it is unless it is set.</summary>
    public static IReadOnlyDictionary<string, object> Limits { get; } = Sections
        .SelectMany(section => section.SelectMany(type => LimitsOf(Prefix(section.Key), Activator.CreateInstance(type)!)))
        .ToDictionary(limit => limit.Name, limit => limit.Value, StringComparer.Ordinal);

    private static string Prefix(string section) => section.Replace(":", "__", StringComparison.Ordinal) + "__";

    private static IEnumerable<(string Name, object Value)> LimitsOf(string prefix, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite))
        {
            var value = property.GetValue(options);
            if (value is int or long or TimeSpan)
            {
                yield return (prefix + property.Name, value);
            }
            else if (value?.GetType().Name.EndsWith("Options", StringComparison.Ordinal) is true)
            {
                foreach (var limit in LimitsOf($"{prefix}{property.Name}__", value))
                {
                    yield return limit;
                }
            }
        }
    }

    private static bool IsProperty(Type type, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            var value = Nullable.GetUnderlyingType(type) ?? type;

            return value.IsPrimitive || value.IsEnum || value == typeof(string) || value == typeof(TimeSpan);
        }

        // An entry of a list.
        if (type != typeof(string) && type.IsAssignableTo(typeof(System.Collections.IEnumerable)))
        {
            return path.Length == 1 && int.TryParse(path[0], out _);
        }

        return type.GetProperty(path[0], BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase) is { } property
            && IsProperty(property.PropertyType, path[1..]);
    }

    private static IEnumerable<Assembly> Assemblies() =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, "PromptStash.*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => name != typeof(Settings).Assembly.GetName().Name)
            .Select(name => Assembly.Load(new AssemblyName(name!)));
}

/// <summary>The repository that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Deploy { get; } = Path.Combine(Root, "deploy");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PromptStash.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository; they read its deployment files.");
    }
}
