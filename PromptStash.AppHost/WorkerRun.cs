using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.AppHost;

/// <summary>One run of a worker that a command of the dashboard asks for: it is started, and the command ends when it does.</summary>
internal sealed class WorkerRun(ExecuteCommandContext context, ProjectResource worker)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ResourceNotificationService _notifications = context.ServiceProvider.GetRequiredService<ResourceNotificationService>();

    public ExecuteCommandContext Context => context;

    public bool IsUnderWay => IsOnItsWay(StateOf(worker));

    public ExecuteCommandResult Refusal() =>
        CommandResults.Failure($"'{worker.Name}' is running. Try again when it has finished.");

    public string? StateOf(IResource resource) => SnapshotOf(resource)?.State?.Text;

    public async Task<ExecuteCommandResult> RunAsync()
    {
        if (IsUnderWay)
        {
            return Refusal();
        }

        // Listened for from before the start: the notification service answers with the end of the run before until it has heard of
        // the new one, so an end counts once the worker has been seen on its way again, or has ended at another time.
        var before = SnapshotOf(worker)?.StopTimeStamp;
        var hasMovedOn = false;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var ending = _notifications.WaitForResourceAsync(
            worker.Name,
            e =>
            {
                var state = e.Snapshot.State?.Text;
                hasMovedOn |= IsOnItsWay(state) || e.Snapshot.StopTimeStamp != before;

                return hasMovedOn && state is not null && KnownResourceStates.TerminalStates.Contains(state);
            },
            patience.Token);

        var commands = context.ServiceProvider.GetRequiredService<ResourceCommandService>();
        var started = await commands.ExecuteCommandAsync(worker, KnownResourceCommands.StartCommand, context.CancellationToken);
        if (!started.Success)
        {
            await patience.CancelAsync();

            return started;
        }

        patience.CancelAfter(Limit);
        ResourceEvent ended;
        try
        {
            ended = await ending;
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure($"'{worker.Name}' has not finished within {Limit.TotalMinutes} minutes. Its log says where it is.");
        }

        return ended.Snapshot.ExitCode is 0
            ? CommandResults.Success()
            : CommandResults.Failure(
                $"'{worker.Name}' failed (exit code {ended.Snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}). Its log says why.");
    }

    private static bool IsOnItsWay(string? state) =>
        state is not null && (state == KnownResourceStates.Waiting || state == KnownResourceStates.Starting || state == KnownResourceStates.Running);

    private CustomResourceSnapshot? SnapshotOf(IResource resource) =>
        _notifications.TryGetCurrentState(resource.Name, out var current) ? current.Snapshot : null;
}
