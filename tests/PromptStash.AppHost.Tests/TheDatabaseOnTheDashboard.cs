using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.AppHost.Tests;

public sealed class TheDatabaseOnTheDashboard(DevelopmentModel model)
{
    [Fact]
    public void Can_be_migrated_seeded_reset_backed_up_and_looked_into() =>
        Assert.Equal(["backup", "migrate", "reset", "seed", "slow-queries"], Commands.Select(command => command.Name).Order());

    [Fact]
    public void Asks_before_it_is_reset_and_only_then() =>
        Assert.Equal(["reset"], Commands.Where(command => command.ConfirmationMessage is not null).Select(command => command.Name));

    [Fact]
    public void Names_itself_when_it_asks() =>
        Assert.Contains("promptstash", Command("reset").ConfirmationMessage, StringComparison.Ordinal);

    [Fact]
    public void Says_what_each_command_does() =>
        Assert.All(Commands, command => Assert.False(string.IsNullOrWhiteSpace(command.DisplayDescription)));

    [Theory]
    [InlineData("migrate")]
    [InlineData("seed")]
    [InlineData("reset")]
    [InlineData("backup")]
    [InlineData("slow-queries")]
    public void Offers_to_once_it_is_healthy_and_not_before(string name)
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        Assert.Equal(ResourceCommandState.Disabled, StateIn(KnownResourceStates.Starting));
        Assert.Equal(ResourceCommandState.Enabled, StateIn(KnownResourceStates.Running));

        // A resource without reports is healthy when it runs.
        ResourceCommandState StateIn(string state) => Command(name).UpdateState(new UpdateCommandStateContext
        {
            ResourceSnapshot = new CustomResourceSnapshot { ResourceType = "PostgresDatabaseResource", Properties = [], State = state },
            ServiceProvider = services,
        });
    }

    private IEnumerable<ResourceCommandAnnotation> Commands =>
        model.Resource<PostgresDatabaseResource>("promptstash").Annotations.OfType<ResourceCommandAnnotation>();

    private ResourceCommandAnnotation Command(string name) => Assert.Single(Commands, command => command.Name == name);
}
