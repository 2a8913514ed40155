using Microsoft.Extensions.Time.Testing;

namespace PromptStash.IntegrationTests;

/// <summary>The clock of an API under test.</summary>
internal static class TestClock
{
    /// <summary>
    /// Begins with the second that it is, and only goes forward: every look at it takes a millisecond, so that what happens later is later.
    /// Not on a day of our choice, because .NET's cookie jars ask the machine's clock which cookies are over, and drop all of an earlier day.
    /// </summary>
    public static FakeTimeProvider Start()
    {
        var now = TimeProvider.System.GetUtcNow();

        return new FakeTimeProvider(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond))) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    }
}
