using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using PromptStash.IntegrationTests.Database.Operations;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

[assembly: AssemblyFixture(typeof(DumpableCluster))]

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>
/// A cluster that the installed pg_dump can save: it refuses servers newer than itself, and the server of the other tests may be one. Started by the first test that asks.
/// </summary>
public sealed class DumpableCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("promptstash-dumpable-").FullName;
    private readonly string _password = RandomNumberGenerator.GetHexString(32);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lazy<Task<string>> _template;
    private EmbeddedPostgres? _cluster;

    public DumpableCluster() => _template = new(async () =>
    {
        var name = await CreateDatabaseAsync();
        (await VerbAsync(name)).Ends(0);

        return name;
    });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal EmbeddedPostgres Postgres => _cluster!;

    /// <summary>Makes a database there and migrates it.</summary>
    public async Task<string> CreateMigratedDatabaseAsync()
    {
        await StartAsync();
        var template = await _template.Value;
        var name = "test_" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        await using var connection = await OpenAsync("postgres");
        await connection.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");

        return name;
    }

    public async Task<string> CreateDatabaseAsync()
    {
        await StartAsync();
        var name = "test_" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        await Postgres.CreateDatabaseAsync(name, Cancelled);

        return name;
    }

    internal Task<WorkerAnswer> VerbAsync(string database, params string[] arguments) =>
        Worker.RunAsync(Postgres.ConnectionString(database), [], arguments);

    internal async Task<Npgsql.NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(Postgres.ConnectionString(database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancelled);

        return connection;
    }

    /// <summary>A place for a backup that only the test knows.</summary>
    public string NewFile()
    {
        var folder = Path.Combine(_folder, "backup-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        Directory.CreateDirectory(folder);

        return Path.Combine(folder, "promptstash.dump");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        await _gate.WaitAsync(Cancelled);
        try
        {
            if (_cluster is not null)
            {
                return;
            }

            var folder = Path.Combine(_folder, "postgres");
            var user = await UnprivilegedUser.ChooseAsync(folder, Cancelled);
            if (user is not null)
            {
                await user.LetThroughAsync(_folder, Cancelled);
            }

            var server = await PostgresLocator.ForThisMachine(CacheFolder.DefaultPath(), user, TextWriter.Null).FindAsync(FolderWithClientTools(), requiredMajor: null, Cancelled);
            _cluster = await EmbeddedPostgres.StartAsync(
                server,
                new EmbeddedPostgresOptions(folder, _password) { Durable = false, Settings = new Dictionary<string, string> { ["max_connections"] = "100" } },
                Cancelled);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Where server and client programs of one version are: the version that was asked for, and the newest where none was, or where that one is a
    /// server without client programs, as npm has it.
    /// </summary>
    internal static string FolderWithClientTools()
    {
        var folders = ((string[])["/usr/lib/postgresql", "/usr"])
            .Where(Directory.Exists)
            .SelectMany(parent => Directory.GetDirectories(parent, parent == "/usr" ? "pgsql-*" : "*").Select(version => Path.Combine(version, "bin")))
            .Append(AskedPostgres.Folder)
            .OfType<string>()
            .Where(folder => File.Exists(Path.Combine(folder, "pg_dump")) && File.Exists(Path.Combine(folder, "initdb")))
            .ToList();

        return folders.Find(folder => folder == AskedPostgres.Folder)
            ?? folders.Find(folder => MajorOf(folder) == AskedPostgres.Major)
            ?? folders.MaxBy(MajorOf)
            ?? throw new InvalidOperationException("No folder has both initdb and pg_dump: install PostgreSQL with its client programs, such as Debian's postgresql-15.");
    }

    /// <summary>The version of the pg_dump in a folder.</summary>
    internal static int MajorOf(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "pg_dump"), ["--version"]) { RedirectStandardOutput = true })!;
        var version = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        return int.Parse(version[(version.IndexOf(") ", StringComparison.Ordinal) + 2)..].Split('.', ' ', '\n', 'b', 'd', 'r')[0], CultureInfo.InvariantCulture);
    }
}
