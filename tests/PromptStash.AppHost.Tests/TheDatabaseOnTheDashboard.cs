using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.AppHost.Tests;

public sealed class TheDatabaseOnTheDashboard(AppHostModel model)
{
    [Fact]
    public void Can_be_migrated_and_reset() => Assert.Equal(["migrate", "reset"], Commands.Select(command => command.Name).Order());

    [Fact]
    public void Asks_before_it_is_reset_and_only_then()
    {
        Assert.Null(Command("migrate").ConfirmationMessage);
        Assert.Contains("promptstash", Command("reset").ConfirmationMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("reset")]
    public void Offers_to_once_it_is_healthy_and_not_before(string name)
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        Assert.Equal(ResourceCommandState.Disabled, StateIn(KnownResourceStates.Starting));
        Assert.Equal(ResourceCommandState.Enabled, StateIn(KnownResourceStates.Running));

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
