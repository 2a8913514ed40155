namespace PromptStash.IntegrationTests.Api;

/// <summary>Settings that are not as they should be stop the process before it listens, and the last lines say which.</summary>
public sealed class StartingTheApi(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_database_says_what_to_set()
    {
        var output = await FailsAsync();

        Assert.Contains("ConnectionStrings__promptstash", output, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Api__KnownProxies__0", "banana", "'banana'")]
    [InlineData("Api__MaxRequestBodyBytes", "1", "MaxRequestBodyBytes")]
    [InlineData("Api__ShutdownTimeout", "00:00:00", "ShutdownTimeout")]
    [InlineData("Secrets__Folder", "/there/is/no/such/folder", "Secrets__Folder names /there/is/no/such/folder")]
    [InlineData("RateLimits__UserPerSecond", "0", "UserPerSecond")]
    [InlineData("Outbox__BatchSize", "0", "BatchSize")]
    public async Task With_a_setting_that_breaks_a_rule_says_which(string name, string value, string mentioned)
    {
        var output = await FailsAsync(("ConnectionStrings__promptstash", app.PooledConnection), (name, value));

        Assert.Contains(mentioned, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_several_settings_that_break_a_rule_says_all_of_them()
    {
        var output = await FailsAsync(
            ("ConnectionStrings__promptstash", app.PooledConnection), ("RateLimits__UserPerSecond", "0"), ("Outbox__BatchSize", "0"));

        Assert.Contains("UserPerSecond", output, StringComparison.Ordinal);
        Assert.Contains("BatchSize", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_port_that_is_taken_says_which()
    {
        var output = await FailsAsync(
            ("ConnectionStrings__promptstash", app.PooledConnection), ("Identity__RequireVerifiedEmail", "false"), ("ASPNETCORE_URLS", app.Address.ToString()));

        Assert.Contains($"{app.Address.Port}", output, StringComparison.Ordinal);
        Assert.Contains("in use", output, StringComparison.Ordinal);
    }

    private static async Task<string> FailsAsync(params (string Name, string Value)[] environment)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var process = ApiProcess.Launch(environment);
        try
        {
            var log = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = await process.StandardError.ReadToEndAsync(patience.Token);
            await log;
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 1, errors);
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);

            return errors;
        }
        finally
        {
            process.Kill();
        }
    }
}
