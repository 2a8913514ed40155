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
    catch (UnauthorizedAccessException exception)
    {
        throw new LocalHostException(
            $"{exception.Message} Has another user started PromptStash here before, for example with sudo? "
            + $"Then give the files back (chown -R), or choose another folder with --data DIR. This one is {options.DataFolder}.",
            exception);
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
catch (Exception exception)
{
    Console.Error.WriteLine($"PromptStash ended because of an error in it that should be reported: {exception}");
    return 1;
}
