namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class LintingMigrations(PromptStashApp app)
{
    [Fact]
    public async Task Of_this_program_finds_nothing()
    {
        var answer = (await Worker.RunAsync("Host=127.0.0.1", [], "lint", "--all", "--accept-downtime", "--json")).Ends(0);

        Assert.NotEqual(0, answer.Json.GetProperty("migrations").GetArrayLength());
    }

    [Fact]
    public async Task Says_which_one_needs_the_API_to_be_stopped()
    {
        var answer = (await Worker.RunAsync("Host=127.0.0.1", [], "lint", "--all", "--without-squawk", "--json")).Ends(4);

        Assert.Contains("downtime", answer.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("rule").GetString()));
    }

    [Fact]
    public async Task Looks_at_the_pending_ones_only()
    {
        var answer = (await app.VerbAsync(await app.CreateMigratedDatabaseAsync(), "lint", "--json")).Ends(0);

        Assert.Equal(0, answer.Json.GetProperty("migrations").GetArrayLength());
    }
}
