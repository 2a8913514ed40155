using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PromptStash.Api;
using PromptStash.IntegrationTests;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.PgBouncer;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

[assembly: AssemblyFixture(typeof(PromptStashApp))]

namespace PromptStash.IntegrationTests;

/// <summary>
/// The house as production runs it: a PostgreSQL cluster of its own, PgBouncer in front of it in transaction mode, the migration worker as a
/// process, and the API on Kestrel. One database for all tests, a new user for each, and a clock that only goes forward.
/// </summary>
public sealed class PromptStashApp : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("promptstash-tests-").FullName;
    private readonly Lazy<Task<string>> _template;
    private WebApplication? _api;
    private int _users;

    public PromptStashApp() => _template = new(MigrateTemplateAsync);

    /// <summary>The clock of the API.</summary>
    public FakeTimeProvider Time { get; } = TestClock.Start();

    /// <summary>Where the API listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>PostgreSQL itself, for the worker and for looking at what was stored.</summary>
    public string DirectConnection => Postgres.ConnectionString();

    /// <summary>Through PgBouncer, as the API goes.</summary>
    public string PooledConnection => PgBouncer.ConnectionString();

    /// <summary>Where the API's mails lie.</summary>
    public string MailFolder => Path.Combine(_folder, "mail");

    /// <summary>The password of the cluster's role.</summary>
    public string Password { get; } = RandomNumberGenerator.GetHexString(32);

    /// <summary>The API itself, for looking at what it maps.</summary>
    public WebApplication Api => _api!;

    /// <summary>Looks through the telemetry of all APIs of the run; <see cref="Telemetry.LookingBackAtTheRun"/> asks it what it found.</summary>
    internal TelemetryWatch Telemetry { get; } = new(TelemetryWatch.IsExported);

    /// <summary>The programs of PostgreSQL that the cluster is of.</summary>
    internal PostgresServer Server { get; private set; } = null!;

    internal EmbeddedPostgres Postgres { get; private set; } = null!;

    internal PgBouncerProcess PgBouncer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var user = await UnprivilegedUser.ChooseAsync(existingFolder: null, CancellationToken.None);
        if (user is not null)
        {
            await user.LetThroughAsync(_folder, CancellationToken.None);
        }

        Server = await AskedPostgres.FindAsync(user, CancellationToken.None);
        Postgres = await EmbeddedPostgres.StartAsync(
            Server,
            new EmbeddedPostgresOptions(Path.Combine(_folder, "postgres"), Password)
            {
                Durable = false,
                Settings = new Dictionary<string, string> { ["max_connections"] = "200" },
            },
            CancellationToken.None);
        PgBouncer = await PgBouncerProcess.StartAsync(
            Postgres, new PgBouncerOptions(Path.Combine(_folder, "pgbouncer"), Password), CancellationToken.None);

        var migration = await MigrationWorker.RunAsync(DirectConnection, CancellationToken.None);
        Assert.True(migration.ExitCode == 0, migration.Output);

        _api = await StartApiAsync();
        Address = AddressOf(_api);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        if (PgBouncer is not null)
        {
            await PgBouncer.DisposeAsync();
        }

        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        Telemetry.Dispose();
    }

    /// <summary>Starts another API on the same database, with other settings.</summary>
    public Task<WebApplication> StartApiAsync(params (string Key, string Value)[] settings) => StartApiAsync(Time, settings);

    /// <summary>Starts another API with a clock of its own, which no other test moves on.</summary>
    public Task<WebApplication> StartApiAsync(FakeTimeProvider time, params (string Key, string Value)[] settings) =>
        StartApiAsync(builder => builder.Services.AddSingleton<TimeProvider>(time), settings);

    /// <summary>Starts another API with other settings, and with services of its own, such as a clock.</summary>
    public async Task<WebApplication> StartApiAsync(Action<WebApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] usual =
        [
            ("urls", "http://127.0.0.1:0"),
            ("ConnectionStrings:promptstash", PooledConnection),
            ("Api:PublicUrl", "https://prompts.example.com"),
            ("Identity:RequireVerifiedEmail", "false"),
            ("Mail:PickupFolder", MailFolder),

            // Hundreds of users sign up from one address here, and no test is about how long a hash takes.
            ("Identity:Hashing:MemoryKiB", "8192"),
            ("Identity:Hashing:Passes", "1"),
            ("RateLimits:AnonymousPerSecond", "100000"),
            ("RateLimits:UserPerSecond", "100000"),
            ("RateLimits:GlobalPerSecond", "100000"),
            ("Sharing:MissesPerMinute", "100000"),
        ];
        var api = ApiHost.Create(
            [.. usual.Concat(settings).Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                builder.Logging.ClearProviders();
                Telemetry.Watch(builder);
                configure(builder);
            });
        await api.StartAsync();

        return api;
    }

    public static Uri AddressOf(WebApplication api) =>
        new(api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>A client that has not signed in.</summary>
    public HttpClient NewClient(WebApplication? api = null)
    {
        var address = api is null ? Address : AddressOf(api);
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false })
        {
            BaseAddress = address,
        };

        // What a browser would send with a cookie; the sign-in contract asks for it.
        client.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));

        return client;
    }

    /// <summary>Signs up a new user and returns a client with the session.</summary>
    public async Task<HttpClient> SignInAsync(WebApplication? api = null)
    {
        var client = NewClient(api);
        var number = Interlocked.Increment(ref _users);
        var response = await client.PostAsJsonAsync(
            "/api/auth/sign-up/email",
            new { name = $"User {number}", email = $"user{number}@example.com", password = "correct horse battery staple" },
            TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        return client;
    }

    /// <summary>Opens a connection past the API, to look at what was stored.</summary>
    public async Task<NpgsqlConnection> OpenDatabaseAsync()
    {
        var connection = new NpgsqlConnection(DirectConnection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        return connection;
    }

    /// <summary>A place for the files of a server of a test's own; it goes when all tests are done.</summary>
    public string CreateFolder(string name) =>
        Path.Combine(_folder, $"{name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>Makes an empty database of its own, for tests that would disturb the others.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "test_" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        await Postgres.CreateDatabaseAsync(name, TestContext.Current.CancellationToken);

        return name;
    }

    /// <summary>Makes a migrated database of its own: a copy of one that the worker migrated once.</summary>
    public async Task<string> CreateMigratedDatabaseAsync()
    {
        var template = await _template.Value;
        var name = "test_" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        await using var connection = await OpenDatabaseAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        return name;
    }

    private async Task<string> MigrateTemplateAsync()
    {
        const string Name = "template_migrated";
        await Postgres.CreateDatabaseAsync(Name, CancellationToken.None);
        var migration = await MigrationWorker.RunAsync(Postgres.ConnectionString(Name), CancellationToken.None);
        Assert.True(migration.ExitCode == 0, migration.Output);

        return Name;
    }
}
