using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PromptStash.IntegrationTests.Identity;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class RunningASlowCommand(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_told_with_operation_duration_rows_and_trace_and_no_value()
    {
        var log = new LogRecorder();
        await using var api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);
                builder.Logging.AddProvider(log);
            },
            ("Database:Monitoring:SlowCommand", "00:00:00"));
        using var ada = await app.SignInAsync(api);

        await ada.CreateFileAsync(await ada.DefaultStashAsync(), "notes/secret-4711.md", "# Swordfish");

        Assert.Contains(log.Lines, line => line.Contains("Slow command of CreateFile: ", StringComparison.Ordinal) && line.Contains(" ms, ", StringComparison.Ordinal)
            && line.Contains(" rows, trace ", StringComparison.Ordinal) && line.Contains("/* CreateFile */", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("secret-4711", StringComparison.Ordinal) || line.Contains("Swordfish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_write_of_contents_and_of_work_in_the_background_is_told_under_their_names()
    {
        var log = new LogRecorder();
        await using var api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);
                builder.Logging.AddProvider(log);
            },
            ("Database:Monitoring:SlowCommand", "00:00:00"));
        using var ada = await app.SignInAsync(api);

        await ada.ImportAsync(await ada.DefaultStashAsync(), StashClient.Zip(("a.md", "# A")));

        // The statement that writes files and versions of many at once.
        Assert.Contains(log.Lines, line => line.Contains("/* ImportArchive */ WITH incoming AS", StringComparison.Ordinal));
        await Eventually.TrueAsync(
            () => Task.FromResult(log.Lines.Any(line => line.Contains("Slow command of Outbox: ", StringComparison.Ordinal))
                && log.Lines.Any(line => line.Contains("Slow command of TrashCleanup: ", StringComparison.Ordinal))),
            "what the process does by itself is told by name");
        Assert.DoesNotContain(log.Lines, line => line.Contains("Slow command of Background: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_neighbour_in_the_middle_of_a_write_is_told_under_the_operations_name()
    {
        var log = new LogRecorder();
        await using var api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);
                builder.Logging.AddProvider(log);
            },
            ("Database:Monitoring:SlowCommand", "00:00:00"));
        using var ada = await app.SignInAsync(api);
        using var grace = await app.SignInAsync(api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "shared.md", "# One");
        await ada.GrantAsync("file", file, await grace.AsRecipientAsync(), "EDIT");

        (await grace.PutContentAsync(file, "\"v1\"", "# Two")).EnsureSuccessStatusCode();

        Assert.Contains(log.Lines, line => line.Contains("/* ReplaceFileContent */", StringComparison.Ordinal) && line.Contains("FOR SHARE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_not_told_below_the_threshold()
    {
        var log = new LogRecorder();
        await using var api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);
                builder.Logging.AddProvider(log);
            },
            ("Database:Monitoring:SlowCommand", "00:10:00"));
        using var ada = await app.SignInAsync(api);

        await ada.DefaultStashAsync();

        Assert.DoesNotContain(log.Lines, line => line.Contains("Slow command", StringComparison.Ordinal));
    }
}
