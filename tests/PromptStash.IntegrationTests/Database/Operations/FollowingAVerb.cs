using System.Text;
using PromptStash.MigrationService;
using Spectre.Console;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>How far a verb says that it has come. The terminal is one of the test's own: where tests run there may be none.</summary>
public sealed class FollowingAVerb
{
    [Fact]
    public async Task On_a_terminal_draws_a_bar_up_to_the_end()
    {
        using var screen = new Screen(isTerminal: true);

        await FollowAsync(screen, _ => Task.CompletedTask);

        Assert.Matches("Reading.*100%", screen.ToString());
    }

    [Fact]
    public async Task On_a_terminal_draws_how_far_it_is_while_it_is_under_way()
    {
        using var screen = new Screen(isTerminal: true);

        await FollowAsync(screen, report =>
        {
            report(5, 10);
            return screen.ShowsAsync(" 50%");
        });
    }

    [Fact]
    public async Task Elsewhere_prints_a_line_for_each_tenth_and_no_control_sequence()
    {
        using var screen = new Screen(isTerminal: false);

        await FollowAsync(screen, report =>
        {
            for (var done = 1; done <= 40; done++)
            {
                report(done, 40);
            }

            return Task.CompletedTask;
        });

        Assert.Equal(
            ["Reading [1]", .. Enumerable.Range(1, 10).Select(tenth => $"Reading [1]: {tenth * 4} of 40")],
            screen.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task That_fails_fails_as_if_nobody_looked_on()
    {
        using var screen = new Screen(isTerminal: true);

        await Assert.ThrowsAsync<TimeoutException>(() => FollowAsync(screen, _ => throw new TimeoutException()));
    }

    private static Task FollowAsync(Screen screen, Func<Steps.Report, Task> work) =>
        new Steps(AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = screen,
            Ansi = screen.IsTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
        })).FollowAsync("Reading [1]", work);

    private sealed class Screen : StringWriter, IAnsiConsoleOutput
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _turn = new();
        private string? _awaited;

        public Screen(bool isTerminal) => (IsTerminal, NewLine) = (isTerminal, "\n");

        public bool IsTerminal { get; }

        public int Width => 120;

        public int Height => 40;

        public TextWriter Writer => this;

        /// <summary>Ends when a text has been drawn, which happens in a thread of the library's own.</summary>
        public Task ShowsAsync(string text)
        {
            lock (_turn)
            {
                _awaited = text;
                Look();
            }

            return _seen.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }

        public override void Write(string? value)
        {
            lock (_turn)
            {
                base.Write(value);
                Look();
            }
        }

        public void SetEncoding(Encoding encoding)
        {
        }

        private void Look()
        {
            if (_awaited is not null && ToString().Contains(_awaited, StringComparison.Ordinal))
            {
                _seen.TrySetResult();
            }
        }
    }
}
