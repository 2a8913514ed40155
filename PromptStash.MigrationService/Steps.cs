using Spectre.Console;

namespace PromptStash.MigrationService;

/// <summary>
/// How far a verb has come, on standard error, for standard output is the result's: a bar on a terminal, elsewhere a line for each step and for
/// each tenth of one that can be counted.
/// </summary>
internal sealed class Steps(IAnsiConsole console)
{
    /// <summary>Tells how much of a step is done.</summary>
    public delegate void Report(long done, long total);

    public Steps()
        : this(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }))
    {
    }

    /// <summary>Whether somebody looks on; lines of a log would break the bars that are drawn over themselves.</summary>
    public static bool HasTerminal => !Console.IsErrorRedirected;

    public Task<T> FollowAsync<T>(string title, Func<Report, Task<T>> work) =>
        console.Profile is { Out.IsTerminal: true, Capabilities.Ansi: true } ? DrawAsync(title, work) : PrintAsync(title, work);

    public Task FollowAsync(string title, Func<Report, Task> work) => FollowAsync(title, async report =>
    {
        await work(report);
        return true;
    });

    private Task<T> DrawAsync<T>(string title, Func<Report, Task<T>> work) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(Markup.Escape(title));
                bar.IsIndeterminate = true;
                var result = await work((done, total) =>
                {
                    bar.IsIndeterminate = false;
                    bar.MaxValue = total;
                    bar.Value = done;
                });
                bar.IsIndeterminate = false;
                bar.Value = bar.MaxValue;

                return result;
            });

    private Task<T> PrintAsync<T>(string title, Func<Report, Task<T>> work)
    {
        console.Profile.Out.Writer.WriteLine(title);
        var told = 0L;

        return work((done, total) =>
        {
            var tenth = total == 0 ? 10 : done * 10 / total;
            if (tenth > told)
            {
                told = tenth;
                console.Profile.Out.Writer.WriteLine($"{title}: {done} of {total}");
            }
        });
    }
}
