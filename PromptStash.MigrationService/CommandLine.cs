using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Microsoft.Extensions.Hosting;
using PromptStash.MigrationService.Verbs;
using Monitor = PromptStash.MigrationService.Verbs.Monitor;

namespace PromptStash.MigrationService;

/// <summary>The verbs, their help and their one line when they cannot be understood.</summary>
internal static class CommandLine
{
    public const string Program = "PromptStash.MigrationService";

    /// <summary>What is wanted first, and what is wanted in a hurry; each verb has more.</summary>
    private static readonly string[] Examples = ["", "migrate --backup-first promptstash.dump", "status --json", "backup promptstash.dump", "monitor --watch 5", "restore --help"];

    /// <summary>How long a verb that is stopped may take to drop what it made on trial; whoever stops it waits as long as for the API.</summary>
    private static readonly TimeSpan TidyingUp = TimeSpan.FromSeconds(25);

    /// <summary>One result as JSON on standard output, whatever the verb.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result as JSON on standard output; the log goes to standard error.", Recursive = true };

    public static async Task<int> RunAsync(string[] args, Action<IHostApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        var root = Create(new VerbRunner(configure));
        var parse = root.Parse(args);
        if (parse.Errors.Count > 0 && parse.Action is not HelpAction)
        {
            var verb = parse.CommandResult.Command == root ? "" : " " + parse.CommandResult.Command.Name;
            await Console.Error.WriteLineAsync(
                $"{Program}: {string.Join(" ", parse.Errors.Select(error => error.Message.ReplaceLineEndings(" ")).Distinct())} '{Program}{verb} --help' tells how it is called.");

            return ExitCodes.BadCommandLine;
        }

        return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TidyingUp }, cancellationToken);
    }

    private static RootCommand Create(VerbRunner runner)
    {
        var root = new RootCommand(
            "Looks after the PromptStash database; without a verb it migrates. Reads ConnectionStrings__promptstash-direct, ConnectionStrings__promptstash or DATABASE_URL.")
        {
            Migrate.Create(runner),
            Status.Create(runner),
            Script.Create(runner),
            Rollback.Create(runner),
            Seed.Create(runner),
            Reset.Create(runner),
            Backup.Create(runner),
            Restore.Create(runner),
            Verify.Create(runner),
            Lint.Create(runner),
            Monitor.Create(runner),
            Explain.Create(runner),
            Roles.Create(runner),
            PgBouncerConfig.Create(runner),
        };
        root.Options.Add(Json);
        root.SetAction((parse, cancelled) => runner.MigrateAsync(parse, cancelled));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);

        return root;
    }

    /// <summary>The usual help, the verb's examples and what the exit codes mean.</summary>
    private sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            usual.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in (parseResult.CommandResult.Command as Verb)?.Examples ?? Examples)
            {
                output.WriteLine($"  {Program} {example}".TrimEnd());
            }

            output.WriteLine();
            output.WriteLine("Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 refused, nothing was changed; 4 done, and something was found.");

            return ExitCodes.Done;
        }
    }
}
