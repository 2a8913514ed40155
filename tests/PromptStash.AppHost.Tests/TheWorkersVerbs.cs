using System.Text.RegularExpressions;

namespace PromptStash.AppHost.Tests;

/// <summary>What the commands of the database run.</summary>
public sealed partial class TheWorkersVerbs(DevelopmentModel model, PublishedModel published)
{
    public static TheoryData<string> Names => ["seed", "reset", "slow-queries", "backup"];

    [Theory]
    [InlineData("seed", "seed")]
    [InlineData("reset", "reset", "--yes-delete-everything", "promptstash")]
    [InlineData("slow-queries", "monitor")]
    public async Task Are_called_as_the_worker_knows_them(string name, params string[] arguments) =>
        Assert.Equal(arguments, await model.ArgumentsOfAsync(Verb(name)));

    [Fact]
    public async Task Name_a_backup_by_the_moment_in_a_folder_that_is_there()
    {
        var arguments = await model.ArgumentsOfAsync(Verb("backup"));

        Assert.Equal(2, arguments.Length);
        Assert.Equal("backup", arguments[0]);
        Assert.Matches(BackupName, Path.GetFileName(arguments[1]));
        Assert.True(Directory.Exists(Path.GetDirectoryName(arguments[1])), $"{arguments[1]} cannot be written.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Start_only_when_somebody_asks(string name) => Assert.Single(Verb(name).Annotations.OfType<ExplicitStartupAnnotation>());

    [Theory]
    [MemberData(nameof(Names))]
    public void Are_shown_below_the_database(string name)
    {
        var parent = Assert.Single(Verb(name).Annotations.OfType<ResourceRelationshipAnnotation>(), relationship => relationship.Type == "Parent");

        Assert.Equal("promptstash", parent.Resource.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Connect_to_the_database_itself(string name) => Assert.Equal(["promptstash"], AppHostModel.ReferencesOf(Verb(name)));

    [Fact]
    public void Are_not_published() =>
        Assert.DoesNotContain(published.Builder.Resources, resource => Names.Any(name => name.Data == resource.Name));

    private ProjectResource Verb(string name) => model.Resource<ProjectResource>(name);

    [GeneratedRegex(@"^promptstash-\d{8}T\d{6}Z\.dump$")]
    private static partial Regex BackupName { get; }
}
