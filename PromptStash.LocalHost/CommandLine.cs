using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PromptStash.LocalHost.Data;

namespace PromptStash.LocalHost;

/// <summary>The command line, and the environment variables that stand in for it.</summary>
internal static class CommandLine
{
    private const int DefaultPort = 5080;

    public static RootCommand Create(Func<LocalHostOptions, Task<int>> run)
    {
        var port = new Option<int>("--port")
        {
            Description = "Port of the API on 127.0.0.1, 0 for any free one [PROMPTSTASH_PORT]",
            HelpName = "PORT",
            DefaultValueFactory = PortFromEnvironment,
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsPort(token.Value))
            {
                result.AddError($"--port has to be a number from 0 to {ushort.MaxValue}, not '{token.Value}'.");
            }
        });

        var data = new Option<string?>("--data")
        {
            Description = "Folder for the database, mail and logs [PROMPTSTASH_DATA, else the system's folder for application data]",
            HelpName = "DIR",
        };
        var cache = new Option<string?>("--cache")
        {
            Description = "Folder for a PostgreSQL that is fetched [PROMPTSTASH_CACHE, else the system's cache folder]",
            HelpName = "DIR",
        };
        var postgresBin = new Option<string?>("--postgres-bin")
        {
            Description = "Folder with initdb, pg_ctl and postgres [PROMPTSTASH_POSTGRES_BIN, else found or fetched]",
            HelpName = "DIR",
        };
        var pgBouncer = new Option<bool>("--pgbouncer")
        {
            Description = "Put an installed PgBouncer between the API and the database, as production does",
        };
        var noDemo = new Option<bool>("--no-demo") { Description = "Do not create the demo user on the first start" };

        var command = new RootCommand("Runs PromptStash on this machine, with a PostgreSQL of its own.")
        {
            port, data, cache, postgresBin, pgBouncer, noDemo,
        };
        command.SetAction((result, _) => run(new LocalHostOptions(
            result.GetValue(port),
            result.GetValue(data) ?? FromEnvironment("PROMPTSTASH_DATA") ?? DataFolder.DefaultPath(),
            result.GetValue(cache) ?? FromEnvironment("PROMPTSTASH_CACHE") ?? CacheFolder.DefaultPath(),
            result.GetValue(postgresBin) ?? FromEnvironment("PROMPTSTASH_POSTGRES_BIN"),
            result.GetValue(pgBouncer),
            CreateDemoUser: !result.GetValue(noDemo))));

        return command;
    }

    private static int PortFromEnvironment(ArgumentResult result)
    {
        var value = FromEnvironment("PROMPTSTASH_PORT");
        if (value is null)
        {
            return DefaultPort;
        }

        if (!IsPort(value))
        {
            result.AddError($"PROMPTSTASH_PORT has to be a number from 0 to {ushort.MaxValue}, not '{value}'.");
            return DefaultPort;
        }

        return int.Parse(value, CultureInfo.InvariantCulture);
    }

    private static bool IsPort(string value) => ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
