using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.AppHost;

/// <summary>One run of a worker that a command of the dashboard asks for: it is started, and the command ends when it does.</summary>
internal sealed class WorkerRun(ExecuteCommandContext context, ProjectResource worker)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ResourceNotificationService _notifications = context.ServiceProvider.GetRequiredService<ResourceNotificationService>();

    public ExecuteCommandContext Context => context;

    public bool IsUnderWay =>
        StateOf(worker) is { } state
        && (state == KnownResourceStates.Waiting || state == KnownResourceStates.Starting || state == KnownResourceStates.Running);

    public ExecuteCommandResult Refusal() =>
        CommandResults.Failure($"'{worker.Name}' is running. Try again when it has finished.");

    public string? StateOf(IResource resource) => SnapshotOf(resource)?.State?.Text;

    public async Task<ExecuteCommandResult> RunAsync()
    {
        if (IsUnderWay)
        {
            return Refusal();
        }

        // The notification service answers with the state of the run before until it has heard of the new one. A run that has
        // ended has a time it ended at, and two runs never share one.
        var before = SnapshotOf(worker)?.StopTimeStamp;
        var commands = context.ServiceProvider.GetRequiredService<ResourceCommandService>();
        var started = await commands.ExecuteCommandAsync(worker, KnownResourceCommands.StartCommand, context.CancellationToken);
        if (!started.Success)
        {
            return started;
        }

        ResourceEvent ended;
        try
        {
            ended = await _notifications
                .WaitForResourceAsync(worker.Name, e => HasEnded(e.Snapshot, before), context.CancellationToken)
                .WaitAsync(Limit, context.CancellationToken);
        }
        catch (TimeoutException)
        {
            return CommandResults.Failure($"'{worker.Name}' has not finished within {Limit.TotalMinutes} minutes. Its log says where it is.");
        }

        return ended.Snapshot.ExitCode is 0
            ? CommandResults.Success($"Done. The log of '{worker.Name}' has the details.")
            : CommandResults.Failure(
                $"'{worker.Name}' failed (exit code {ended.Snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}). Its log says why.");
    }

    private static bool HasEnded(CustomResourceSnapshot snapshot, DateTime? before)
    {
        var state = snapshot.State?.Text;

        return state == KnownResourceStates.FailedToStart
            || (state is not null && KnownResourceStates.TerminalStates.Contains(state) && snapshot.StopTimeStamp != before);
    }

    private CustomResourceSnapshot? SnapshotOf(IResource resource) =>
        _notifications.TryGetCurrentState(resource.Name, out var current) ? current.Snapshot : null;
}
