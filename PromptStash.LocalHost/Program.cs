using System.CommandLine;
using PromptStash.LocalHost;

await using var signals = new StopSignals();
var command = CommandLine.Create(async options =>
{
    try
    {
        await LocalRun.RunAsync(options, Console.Out, signals.Token);
        return 0;
    }
    catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
    {
        Console.WriteLine("Stopped before it was ready.");
        return 0;
    }
});

try
{
    // Signals are ours: stopping in order may take longer than the library would wait.
    return await command.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        ProcessTerminationTimeout = null,
        EnableDefaultExceptionHandler = false,
    });
}
catch (LocalHostException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
