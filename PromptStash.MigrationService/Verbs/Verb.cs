using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PromptStash.MigrationService.Verbs;

/// <summary>A verb of the command line.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>How it is called, without the program's name.</summary>
    public IReadOnlyList<string> Examples => examples;
}

/// <summary>What a verb has at hand while it runs.</summary>
internal sealed record VerbRun(IServiceProvider Services, ParseResult Arguments, Output Output)
{
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public T? Value<T>(Option<T> option) => Arguments.GetValue(option);

    public T Value<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);
}

/// <summary>Runs verbs: a host for each, and one line where something is wrong.</summary>
internal sealed class VerbRunner(Action<IHostApplicationBuilder>? configure)
{
    /// <summary>The settings that all hosts of this run share.</summary>
    public Action<IHostApplicationBuilder>? Configure => configure;

    public Verb Handle(Verb verb, Func<VerbRun, CancellationToken, Task<int>> run)
    {
        verb.SetAction((parse, cancelled) => RunAsync(parse, run, cancelled));

        return verb;
    }

    /// <summary>Migrates as a part of another verb, which has the last word.</summary>
    public Task<int> MigrateQuietlyAsync(ParseResult parse, CancellationToken cancellationToken) =>
        RunAsync(
            parse,
            async (run, cancelled) =>
            {
                await run.Get<Migrator>().RunAsync(cancelled);

                return ExitCodes.Done;
            },
            cancellationToken);

    /// <summary>The one verb whose log is its result, so that it goes to standard output; why it failed goes to standard error all the same.</summary>
    public Task<int> MigrateAsync(ParseResult parse, CancellationToken cancellationToken) =>
        RunAsync(
            parse,
            async (run, cancelled) =>
            {
                await run.Get<Migrator>().RunAsync(cancelled);
                run.Output.Result(new { UpToDate = true }, "");

                return ExitCodes.Done;
            },
            cancellationToken,
            logsToErrors: parse.GetValue(CommandLine.Json));

    public async Task<int> RunAsync(
        ParseResult parse, Func<VerbRun, CancellationToken, Task<int>> run, CancellationToken cancellationToken, bool logsToErrors = true)
    {
        // The library listens to signals when this gives way to it for the first time; one that came before would end the worker at once, and leave what it has started.
        await Task.Yield();
        using var host = MigrationHost.Build(configure, logsToErrors);
        try
        {
            return await run(new VerbRun(host.Services, parse, new Output(parse.GetValue(CommandLine.Json))), cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync($"{CommandLine.Program}: {Failure.Describe(exception)}");
            host.Services.GetRequiredService<ILogger<VerbRunner>>().LogDebug(exception, "The verb failed here");

            return Failure.ExitCodeOf(exception);
        }
    }
}
