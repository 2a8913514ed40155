namespace PromptStash.ServiceDefaults.Tests;

public sealed class ReadingTheClock
{
    [Fact]
    public void Gives_what_the_database_gives_back()
    {
        var clock = new DatabaseClock();

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(0, clock.GetUtcNow().Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
