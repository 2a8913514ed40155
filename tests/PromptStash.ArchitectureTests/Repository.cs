using System.Reflection;

namespace PromptStash.ArchitectureTests;

/// <summary>The repository as it lies there. Projects and modules are found by looking at folders, so that the newest one is never forgotten.</summary>
internal static class Repository
{
    public const string BuildingBlocks = "BuildingBlocks";

    public static string Root { get; } = FindRoot();

    public static string ModulesFolder { get; } = Path.Combine(Root, "modules");

    /// <summary>Every project, the ones that this run does not build included.</summary>
    public static IReadOnlyList<Project> Projects { get; } =
        [.. Files(Root, "*.csproj").Select(path => new Project(path)).OrderBy(project => project.Name, StringComparer.Ordinal)];

    /// <summary>A folder below <c>modules</c> is a module, but for the building blocks.</summary>
    public static IReadOnlyList<Module> Modules { get; } =
    [
        .. Directory.EnumerateDirectories(ModulesFolder)
            .Where(folder => Path.GetFileName(folder) is not (BuildingBlocks or "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(folder => new Module(folder)),
    ];

    public static TheoryData<string> ModuleNames => [.. Modules.Select(module => module.Name)];

    public static TheoryData<string> ContractsNames => [.. Modules.SelectMany(module => module.Contracts).Select(project => project.Name)];

    public static TheoryData<string> LibraryNames => [.. Modules.SelectMany(module => module.Libraries).Select(project => project.Name)];

    public static Module Module(string name) => Modules.Single(module => module.Name == name);

    public static Project Project(string name) => Projects.Single(project => project.Name == name);

    public static IEnumerable<string> Files(string folder, string pattern) => Directory
        .EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
        .Where(path => !Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" || part.StartsWith('.')))
        .Order(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Loads an assembly that lies beside this one, because a host references it.</summary>
    public static Assembly Load(Project project) => File.Exists(Path.Combine(AppContext.BaseDirectory, project.Name + ".dll"))
        ? Assembly.Load(new AssemblyName(project.Name))
        : throw new InvalidOperationException($"{project.Name} is in no host: neither PromptStash.Api nor PromptStash.MigrationService references it.");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PromptStash.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository; they read its projects and sources.");
    }
}

/// <summary>A folder below <c>modules</c>: one implementation, once a neighbour asks its contracts, and libraries without I/O.</summary>
internal sealed class Module
{
    public Module(string folder)
    {
        Name = Path.GetFileName(folder);
        var projects = Repository.Projects.Where(project => project.Path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)).ToList();
        Contracts = projects.FindAll(project => project.IsContracts);
        Libraries = projects.FindAll(project => project.IsLibrary);
        Implementation = projects.Find(project => !project.IsContracts && !project.IsLibrary)
            ?? throw new InvalidOperationException($"modules/{Name} holds no project; remove the folder.");
        Assembly = Repository.Load(Implementation);
        Types = [.. Assembly.GetTypes().Where(IsWritten)];
        Projects = projects;
    }

    public string Name { get; }

    public IReadOnlyList<Project> Projects { get; }

    public Project Implementation { get; }

    public IReadOnlyList<Project> Contracts { get; }

    public IReadOnlyList<Project> Libraries { get; }

    public Assembly Assembly { get; }

    /// <summary>The types that somebody wrote, not the compiler or a generator.</summary>
    public IReadOnlyList<Type> Types { get; }

    public override string ToString() => Name;

    /// <summary>The one class that hosts read.</summary>
    public Type Face => Types.Single(type => IsFace(type));

    public static bool IsFace(Type type) =>
        type is { IsAbstract: true, IsSealed: true, IsPublic: true } && type.Name.EndsWith("Module", StringComparison.Ordinal);

    private bool IsWritten(Type type) =>
        type.FullName is { } name && !name.Contains('<', StringComparison.Ordinal)
        && (type.Namespace == Implementation.Name || type.Namespace?.StartsWith(Implementation.Name + ".", StringComparison.Ordinal) is true);
}
