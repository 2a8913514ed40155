namespace PromptStash.IntegrationTests.Telemetry;

/// <summary>What only the whole run can show. A collection that is not run beside others is run after them.</summary>
[CollectionDefinition(nameof(LookingBackAtTheRun), DisableParallelization = true)]
[Collection(nameof(LookingBackAtTheRun))]
public sealed class LookingBackAtTheRun(PromptStashApp app)
{
    [Fact(DisplayName = "Fault 21: What a test sent or was given is in no log, span or metric")]
    public void No_test_left_what_it_sent_or_was_given_in_the_telemetry()
    {
        app.Telemetry.LookAtPrinted(ApiProcess.Printed);
        var leaks = app.Telemetry.FindLeaks();

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
    }
}
