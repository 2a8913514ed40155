using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Postgres;

/// <summary>
/// Finds the PostgreSQL to run: the one the user names; an installed 16 or newer; the copy fetched earlier; a copy fetched now;
/// an installed 15. Data folders belong to one major version, so for an existing one only that version will do.
/// </summary>
internal sealed class PostgresLocator(
    PostgresPackage package, IReadOnlyCollection<string> installedFolders, string? npm, UnprivilegedUser? user, TextWriter output)
{
    private const int Preferred = 16;
    private const int Oldest = 15;

    /// <summary>A locator for this machine.</summary>
    public static PostgresLocator ForThisMachine(string cacheFolder, UnprivilegedUser? user, TextWriter output) =>
        new(new PostgresPackage(cacheFolder), [.. InstalledFolders()], Executables.Find("npm"), user, output);

    /// <summary>Finds a server or says how to get one.</summary>
    /// <param name="namedFolder">The folder the user names; nothing else is considered then.</param>
    /// <param name="requiredMajor">The version that an existing data folder needs.</param>
    /// <param name="cancellationToken">Ends the search, a download included.</param>
    public async Task<PostgresServer> FindAsync(string? namedFolder, int? requiredMajor, CancellationToken cancellationToken)
    {
        if (namedFolder is not null)
        {
            return await NamedAsync(namedFolder, requiredMajor, cancellationToken);
        }

        var problems = new List<string>();
        var installed = await InstalledAsync(requiredMajor, problems, cancellationToken);
        if (installed is { Major: >= Preferred })
        {
            return installed;
        }

        if (requiredMajor is null or PostgresPackage.Major
            && await FetchedAsync(problems, cancellationToken) is { } fetched)
        {
            return fetched;
        }

        if (installed is not null)
        {
            output.WriteLine(requiredMajor is null
                ? $"Using the installed PostgreSQL {installed.Version}, because {string.Join("; ", problems)}."
                : $"Using the installed PostgreSQL {installed.Version}.");
            return installed;
        }

        throw new LocalHostException(HowToGetOne(requiredMajor, problems));
    }

    private async Task<PostgresServer> NamedAsync(string folder, int? requiredMajor, CancellationToken cancellationToken)
    {
        var (server, problem) = await PostgresServer.InspectAsync(folder, user, cancellationToken);
        if (server is null)
        {
            throw new LocalHostException(
                $"{folder} (from --postgres-bin or PROMPTSTASH_POSTGRES_BIN) is not a usable folder of PostgreSQL programs: {problem}.");
        }

        if (requiredMajor is not null && server.Major != requiredMajor)
        {
            throw new LocalHostException(
                $"The data folder was made by PostgreSQL {requiredMajor}, but {folder} holds {server.Version}. Name a folder with version "
                + $"{requiredMajor}, or name none and let PromptStash find it.");
        }

        return server.Major >= Oldest
            ? server
            : throw new LocalHostException($"{folder} holds PostgreSQL {server.Version}. PromptStash needs {Oldest} or newer.");
    }

    private async Task<PostgresServer?> InstalledAsync(int? requiredMajor, List<string> problems, CancellationToken cancellationToken)
    {
        var servers = new List<PostgresServer>();
        foreach (var folder in installedFolders.Where(folder => File.Exists(Path.Combine(folder, Executables.Named("initdb")))))
        {
            var (server, problem) = await PostgresServer.InspectAsync(folder, user, cancellationToken);
            if (server is null)
            {
                problems.Add($"the PostgreSQL in {folder} cannot be used ({problem})");
            }
            else
            {
                servers.Add(server);
            }
        }

        return servers
            .Where(server => requiredMajor is null ? server.Major >= Oldest : server.Major == requiredMajor)
            .MaxBy(server => server.Major);
    }

    private async Task<PostgresServer?> FetchedAsync(List<string> problems, CancellationToken cancellationToken)
    {
        if (PostgresPackage.Platform is null)
        {
            problems.Add("there is no package to fetch for this kind of machine");
            return null;
        }

        if (!package.IsFetched)
        {
            if (npm is null)
            {
                problems.Add("there is no npm to fetch one with");
                return null;
            }

            try
            {
                await package.FetchAsync(npm, output, cancellationToken);
            }
            catch (LocalHostException exception)
            {
                problems.Add(exception.Message);
                return null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add($"it could not be kept in the cache folder (choose another one with --cache DIR): {exception.Message}");
                return null;
            }
        }

        var (server, problem) = await PostgresServer.InspectAsync(package.BinFolder, user, cancellationToken);
        if (server is null)
        {
            problems.Add($"the fetched copy in {package.BinFolder} cannot be used ({problem})");
        }

        return server;
    }

    private static string HowToGetOne(int? requiredMajor, List<string> problems)
    {
        var wanted = requiredMajor is null ? $"PostgreSQL {Preferred} or newer" : $"PostgreSQL {requiredMajor}";
        var install = OperatingSystem.IsWindows() ? "winget install PostgreSQL.PostgreSQL.17"
            : OperatingSystem.IsMacOS() ? "brew install postgresql@17"
            : "apt install postgresql, dnf install postgresql-server postgresql-contrib";
        var why = problems.Count == 0 ? "" : $"\n\nWhat was tried: {string.Join("; ", problems)}.";
        var fetch = requiredMajor is null or PostgresPackage.Major
            ? "\n  2. install Node.js and be online at the first start: PromptStash then fetches PostgreSQL with npm;"
            : $"\n  2. start with another data folder (--data DIR): this one was made by PostgreSQL {requiredMajor} and opens with no other version;";

        return $"""
            PromptStash found no PostgreSQL to keep its data in. There are three ways to give it one:
              1. install {wanted} ({install});{fetch}
              3. say where it is: --postgres-bin DIR or PROMPTSTASH_POSTGRES_BIN, the folder with initdb, pg_ctl and postgres.{why}
            """;
    }

    // Servers are often not in PATH, because several versions live side by side.
    private static IEnumerable<string> InstalledFolders()
    {
        (string Parent, string Versions, string Bin)[] places = OperatingSystem.IsWindows()
            ? [(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles) + @"\PostgreSQL", "*", "bin")]
            : OperatingSystem.IsMacOS()
                ? [
                    ("/opt/homebrew/opt", "postgresql@*", "bin"),
                    ("/usr/local/opt", "postgresql@*", "bin"),
                    ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
                    ("/Library/PostgreSQL", "*", "bin"),
                ]
                : [
                    ("/usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
                    ("/usr", "pgsql-*", "bin"), // PostgreSQL's own packages for Fedora and RHEL
                    ("/usr/libexec", "postgresql*", ""), // Alpine
                    ("/usr/local/pgsql", "bin", ""), // make install
                ];

        return places.Where(place => Directory.Exists(place.Parent))
            .SelectMany(place => Directory.GetDirectories(place.Parent, place.Versions).Select(version => Path.Combine(version, place.Bin)))
            .Concat(Executables.PathFolders())
            .Distinct();
    }
}
