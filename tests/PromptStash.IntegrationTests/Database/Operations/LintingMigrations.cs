using Microsoft.Extensions.DependencyInjection;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService;
using PromptStash.MigrationService.Linting;
using PromptStash.MigrationService.Verbs;

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

    [Fact]
    public async Task Ends_with_4_for_a_pending_one_that_is_not_safe()
    {
        var worker = new ReleaseWorker(app.Postgres.ConnectionString(await app.CreateDatabaseAsync()));
        await worker.MigrateAsync<FirstRelease>();

        Assert.Equal(ExitCodes.Done, await worker.RunAsync<SecondRelease>("lint", "--without-squawk"));
        Assert.Equal(ExitCodes.Findings, await worker.RunAsync<CarelessRelease>("lint", "--without-squawk"));
    }

    [Fact]
    public async Task Names_the_one_that_is_not_safe_and_the_rule()
    {
        using var host = new ReleaseWorker("Host=127.0.0.1").Build<CarelessRelease>();

        var findings = await Lint.LookAsync(
            host.Services.GetRequiredService<IModuleMigrator>(), "20260102000000_DropNameAtOnce", acceptDowntime: true, host.Services.GetRequiredService<Squawk>(), TestContext.Current.CancellationToken);

        var finding = Assert.Single(findings);
        Assert.Equal(("people", "20260102000000_DropNameAtOnce", "drop-column"), (finding.Schema, finding.Migration, finding.Rule));
        Assert.Contains("[ContractPhase", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finds_nothing_in_an_index_that_is_built_concurrently()
    {
        using var host = new ReleaseWorker("Host=127.0.0.1").Build<SecondRelease>();

        Assert.Equal([], await Lint.LookAsync(
            host.Services.GetRequiredService<IModuleMigrator>(), "20260102000001_IndexLastNames", acceptDowntime: false, host.Services.GetRequiredService<Squawk>(), TestContext.Current.CancellationToken));
    }
}
