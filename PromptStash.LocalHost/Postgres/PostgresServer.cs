using System.Globalization;
using System.Text.RegularExpressions;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Postgres;

/// <summary>The programs of one PostgreSQL version.</summary>
internal sealed partial record PostgresServer(string BinFolder, int Major, string Version)
{
    public string Initdb => Program("initdb");

    public string PgCtl => Program("pg_ctl");

    /// <summary>
    /// Looks at the programs in a folder. Answers the server, or why there is none that PromptStash could use.
    /// </summary>
    public static async Task<(PostgresServer? Server, string Problem)> InspectAsync(
        string binFolder, UnprivilegedUser? user, CancellationToken cancellationToken)
    {
        binFolder = Path.GetFullPath(binFolder);
        var missing = ((string[])["initdb", "pg_ctl", "postgres"]).Select(Executables.Named)
            .FirstOrDefault(program => !File.Exists(Path.Combine(binFolder, program)));
        if (missing is not null)
        {
            return (null, $"there is no {missing} in it");
        }

        try
        {
            if (user is not null)
            {
                await user.EnsureReachesAsync(binFolder, cancellationToken);
            }

            return await AskAsync(binFolder, user, cancellationToken);
        }
        catch (LocalHostException exception)
        {
            return (null, exception.Message);
        }
    }

    private static async Task<(PostgresServer? Server, string Problem)> AskAsync(
        string binFolder, UnprivilegedUser? user, CancellationToken cancellationToken)
    {
        var answer = await Command.RunAsync(
            Path.Combine(binFolder, Executables.Named("postgres")), ["--version"], cancellationToken, user);
        var version = VersionPattern.Match(answer.Output);
        if (!answer.Succeeded || !version.Success)
        {
            return (null, $"its postgres does not run here: {answer.Everything}");
        }

        var server = new PostgresServer(
            binFolder, int.Parse(version.Groups["major"].Value, CultureInfo.InvariantCulture), version.Groups["version"].Value);

        // The extensions are a package of their own on some systems (Alpine, Fedora); without them the server would not even start.
        var settings = await Command.RunAsync(
            server.Initdb, ["--show", "--pgdata", Path.Combine(Path.GetTempPath(), "none")], cancellationToken, user);
        var share = SharePattern.Match(settings.Everything);
        if (share.Success && !File.Exists(Path.Combine(share.Groups["path"].Value.Trim(), "extension", "pg_stat_statements.control")))
        {
            return (null, "it has no pg_stat_statements: install its 'contrib' package too");
        }

        return (server, "");
    }

    private string Program(string name) => Path.Combine(BinFolder, Executables.Named(name));

    [GeneratedRegex(@"\) (?<version>(?<major>\d+)\S*)")]
    private static partial Regex VersionPattern { get; }

    [GeneratedRegex(@"^share_path=(?<path>.+)$", RegexOptions.Multiline)]
    private static partial Regex SharePattern { get; }
}
