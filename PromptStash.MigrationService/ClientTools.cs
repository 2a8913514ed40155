using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>One of PostgreSQL's own client programs.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Major">Its major version.</param>
internal sealed record ClientTool(string Path, int Major);

/// <summary>PostgreSQL's own client programs: pg_dump, pg_restore, psql.</summary>
internal sealed partial class ClientTools(IOptions<MigrationOptions> options)
{
    /// <summary>The version of libpq that can be told to trust whom the machine trusts.</summary>
    private const int FirstWithSystemAuthorities = 16;

    /// <summary>The program at the version nearest to the server's and not below it: pg_dump refuses servers that are newer than itself.</summary>
    public async Task<ClientTool> FindAsync(string name, int serverMajor, CancellationToken cancellationToken)
    {
        var found = new List<ClientTool>();
        foreach (var folder in Folders().Where(folder => File.Exists(Path.Combine(folder, Named(name)))).Distinct(StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, Named(name));
            var (exitCode, output, _) = await RunAsync(path, ["--version"], [], cancellationToken);
            if (exitCode == 0 && VersionPattern.Match(output) is { Success: true } version)
            {
                found.Add(new(path, int.Parse(version.Groups["major"].Value, CultureInfo.InvariantCulture)));
            }
        }

        return found.Where(tool => tool.Major >= serverMajor).MinBy(tool => tool.Major) ?? throw new MigrationException(
            $"The server is PostgreSQL {serverMajor} and needs a {name} of version {serverMajor} or newer; "
            + (found.Count == 0 ? "none was found" : $"found were {string.Join(", ", found.Select(tool => $"{tool.Path} ({tool.Major})"))}")
            + $". Install the package postgresql-client-{serverMajor}, or name the folder that has it in {MigrationOptions.Section}__{nameof(MigrationOptions.ClientBin)}.");
    }

    /// <summary>Runs a program against a database and answers its output; fails with the program's last words.</summary>
    public static async Task<string> RunAsync(ClientTool tool, IEnumerable<string> arguments, NpgsqlConnectionStringBuilder database, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await RunAsync(tool.Path, arguments, EnvironmentOf(tool, database), cancellationToken);

        return exitCode == 0 ? output : throw new MigrationException(
            $"{Path.GetFileName(tool.Path)} failed ({exitCode}): {string.Join(' ', error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(2))}");
    }

    /// <summary>Asks PgBouncer's console, which understands psql only (it speaks the simple query protocol alone). Empty where it does not answer this user.</summary>
    public async Task<IReadOnlyList<string[]>> AskPgBouncerAsync(
        NpgsqlConnectionStringBuilder pooled, string command, CancellationToken cancellationToken, bool withNames = false)
    {
        ClientTool psql;
        List<(string Name, string? Value)> environment;
        try
        {
            psql = await FindAsync("psql", 0, cancellationToken);
            environment = EnvironmentOf(psql, new NpgsqlConnectionStringBuilder(pooled.ConnectionString) { Database = "pgbouncer" });
        }
        catch (MigrationException)
        {
            return []; // Whoever shows the answer says that there is none.
        }

        var (exitCode, output, _) = await RunAsync(psql.Path, ["--no-psqlrc", withNames ? "--pset=footer=off" : "--tuples-only", "--no-align", "--field-separator=|", "--command", command], environment, cancellationToken);

        return exitCode == 0 ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|'))] : [];
    }

    private IEnumerable<string> Folders()
    {
        if (options.Value.ClientBin is { Length: > 0 } named)
        {
            return [named];
        }

        (string Parent, string Pattern, string Bin)[] usual =
        [
            ("/usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
            ("/usr", "pgsql-*", "bin"), // PostgreSQL's own packages for Fedora and RHEL
            ("/usr/libexec", "postgresql*", ""), // Alpine
            ("/opt/homebrew/opt", "*postgresql@*", "bin"),
            ("/opt/homebrew/opt", "libpq", "bin"),
        ];

        // What lies in /usr/bin may be Debian's wrapper, which picks a version by the cluster and not by the server.
        return usual.Where(place => Directory.Exists(place.Parent))
            .SelectMany(place => Directory.GetDirectories(place.Parent, place.Pattern).Select(folder => Path.Combine(folder, place.Bin)))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string program, IEnumerable<string> arguments, IEnumerable<(string Name, string? Value)> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return await ChildProcess.RunAsync(start, cancellationToken);
        }
        catch (Win32Exception exception)
        {
            throw new MigrationException($"{program} does not start: {exception.Message}", exception);
        }
    }

    /// <summary>The way to the database: in the environment, because everybody on the machine can read command lines.</summary>
    /// <exception cref="MigrationException">The certificate of the server is to be checked, and the program does not know against what.</exception>
    private static List<(string Name, string? Value)> EnvironmentOf(ClientTool tool, NpgsqlConnectionStringBuilder database)
    {
        List<(string Name, string? Value)> environment =
        [
            ("PGHOST", database.Host),
            ("PGPORT", database.Port.ToString(CultureInfo.InvariantCulture)),
            ("PGUSER", database.Username),
            ("PGPASSWORD", database.Password),
            ("PGDATABASE", database.Database ?? database.Username),
            ("PGCONNECT_TIMEOUT", "15"),
            ("PGAPPNAME", "promptstash-worker"),
            ("PGGSSENCMODE", "disable"),
            ("PGCHANNELBINDING", database.ChannelBinding.ToString().ToLowerInvariant()),
            ("PGSSLMODE", database.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            }),
        ];
        environment.AddRange(((string, string?)[])[("PGSSLCERT", database.SslCertificate), ("PGSSLKEY", database.SslKey), ("PGSSLROOTCERT", AuthoritiesFor(tool, database))]);

        return [.. environment.Where(variable => variable.Value is not null)];
    }

    /// <summary>Where no file of authorities is named, Npgsql takes those that the machine trusts, and libpq a file in the home folder unless it is told otherwise.</summary>
    private static string? AuthoritiesFor(ClientTool tool, NpgsqlConnectionStringBuilder database)
    {
        if (database.RootCertificate is not null || database.SslMode is not (SslMode.VerifyCA or SslMode.VerifyFull) || HasAuthoritiesOfItsOwn())
        {
            return database.RootCertificate;
        }

        return database.SslMode == SslMode.VerifyFull && tool.Major >= FirstWithSystemAuthorities ? "system" : throw new MigrationException(
            $"{tool.Path} ({tool.Major}) checks the server's certificate against a file of authorities, and none is named: set sslrootcert (Root Certificate), "
            + "for those that this machine trusts to a file such as /etc/ssl/certs/ca-certificates.crt"
            + (database.SslMode == SslMode.VerifyFull ? $"; or install client programs of version {FirstWithSystemAuthorities} or newer." : "."));
    }

    /// <summary>What libpq and Npgsql both look for by themselves.</summary>
    private static bool HasAuthoritiesOfItsOwn() =>
        Environment.GetEnvironmentVariable("PGSSLROOTCERT") is { Length: > 0 }
        || File.Exists(OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql", "root.crt")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql", "root.crt"));

    private static string Named(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)")]
    private static partial Regex VersionPattern { get; }
}
