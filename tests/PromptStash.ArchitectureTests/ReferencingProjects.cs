namespace PromptStash.ArchitectureTests;

public sealed class ReferencingProjects
{
    public static TheoryData<string> Modules => Repository.ModuleNames;

    public static TheoryData<string> Contracts => Repository.ContractsNames;

    public static TheoryData<string> Libraries => Repository.LibraryNames;

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_is_one_implementation_and_at_most_one_contracts_project(string module)
    {
        var projects = Repository.Module(module).Projects.Where(project => !project.IsLibrary).ToList();

        Assert.Single(projects, project => !project.IsContracts);
        Assert.True(projects.Count <= 2, $"modules/{module} holds {string.Join(", ", projects)}.");
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_references_only_building_blocks_contracts_and_its_own_libraries(string module)
    {
        var project = Repository.Module(module).Implementation;
        var libraries = Repository.Module(module).Libraries;
        var references = Restored(project).ProjectReferences.Select(Repository.Project).ToList();

        Rule.HoldsFor(references, reference => reference.IsBuildingBlocks || reference.IsContracts || libraries.Contains(reference));
        Assert.Empty(project.AssemblyReferences);
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_contracts_project_references_nothing(string contracts)
    {
        var project = Restored(Repository.Project(contracts));

        Assert.Empty(project.ProjectReferences);
        Assert.Empty(project.PackageReferences);
        Assert.Empty(project.AssemblyReferences);
        Assert.Equal(["Microsoft.NETCore.App"], project.FrameworkReferences);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_of_a_module_knows_no_project_no_web_and_no_database(string library)
    {
        var project = Restored(Repository.Project(library));

        Assert.Empty(project.ProjectReferences);
        Assert.Empty(project.AssemblyReferences);
        Assert.Equal(["Microsoft.NETCore.App"], project.FrameworkReferences);
        Rule.IsBrokenBy(project.PackageReferences.Where(package =>
            package.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || package.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
            || package.StartsWith("Npgsql", StringComparison.Ordinal)));
    }

    [Fact]
    public void Building_blocks_know_no_module()
    {
        var buildingBlocks = Repository.Projects.Where(project => project.IsBuildingBlocks).ToList();

        Rule.HoldsFor(buildingBlocks, project => Restored(project).ProjectReferences.Count == 0);
    }

    [Fact]
    public void Only_the_two_hosts_and_tests_reference_a_module()
    {
        string[] hosts = ["PromptStash.Api", "PromptStash.MigrationService"];
        var implementations = Repository.Modules.Select(module => module.Implementation.Name).ToHashSet(StringComparer.Ordinal);

        var referencing = Repository.Projects.Where(project => project.ProjectReferences.Overlaps(implementations)).ToList();

        Assert.Superset(hosts.ToHashSet(), referencing.Select(project => project.Name).ToHashSet());
        Rule.HoldsFor(referencing, project => project.IsTest || hosts.Contains(project.Name));
    }

    [Fact]
    public void Versions_of_packages_are_in_the_central_list_only() => Rule.HoldsFor(
        Repository.Projects,
        project => !project.PinnedPackages.Any(),
        project => $"{project}: {string.Join(", ", project.PinnedPackages)}");

    private static Project Restored(Project project) =>
        project.IsRestored ? project : throw new InvalidOperationException($"{project} was not restored in its own folder, so what it references is not known.");
}
