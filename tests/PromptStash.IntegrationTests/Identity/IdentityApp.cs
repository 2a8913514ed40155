using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OtpNet;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>The tests of accounts and sessions run one after the other, because they move a clock that all of them share.</summary>
[CollectionDefinition(nameof(IdentityTests))]
public sealed class IdentityTests : ICollectionFixture<IdentityApp>;

/// <summary>
/// An API with a database, a clock, a mail folder and a log of its own: here days pass, tables are compared as a whole, and what was
/// logged is searched for what must not be in it.
/// </summary>
public sealed class IdentityApp(PromptStashApp house) : IAsyncLifetime
{
    private readonly Dictionary<string, WebApplication> _others = [];
    private const int ShortestSecret = 6;

    private readonly ConcurrentDictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private string _database = "";
    private string _mailFolder = "";
    private int _people;

    public FakeTimeProvider Time { get; } = TestClock.Start();

    /// <summary>The API that most tests use. It believes the forwarding headers of this machine, so that a test can come from anywhere.</summary>
    public WebApplication Api { get; private set; } = null!;

    public CapturedLog Log { get; } = new();

    public Mails Mail { get; private set; } = null!;

    /// <summary>Every secret that was handed to a client so far, with what it is.</summary>
    public IReadOnlyDictionary<string, string> Secrets => _secrets;

    public string DirectConnection => house.Postgres.ConnectionString(_database);

    public PromptStashApp House => house;

    public async ValueTask InitializeAsync()
    {
        _database = "identity_" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        _mailFolder = house.CreateFolder("identity-mail");
        Mail = new Mails(_mailFolder);
        await house.Postgres.CreateDatabaseAsync(_database, CancellationToken.None);
        var (exitCode, output) = await MigrationWorker.RunAsync(DirectConnection, CancellationToken.None);
        Assert.True(exitCode == 0, output);
        Api = await StartAsync(("Api:KnownProxies:0", "127.0.0.1"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others.Values)
        {
            await other.DisposeAsync();
        }

        if (Api is not null)
        {
            await Api.DisposeAsync();
        }
    }

    /// <summary>Another API on the same database; whoever starts it stops it.</summary>
    public Task<WebApplication> StartAsync(params (string Key, string Value)[] settings) => house.StartApiAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(Time);
            builder.Logging.AddProvider(Log);
        },
        [
            ("ConnectionStrings:promptstash", house.PgBouncer.ConnectionString(_database)),
            ("Mail:PickupFolder", _mailFolder),

            // Many come at once here, and each is to be looked at.
            ("Identity:Hashing:QueueLimit", "1000"),
            ("Identity:MailsPerAddressAndHour", "1000"),
            .. settings,
        ]);

    /// <summary>One that several tests share, and that is stopped when all are done: the API as it is by default, with verified addresses.</summary>
    public Task<WebApplication> VerifyingApiAsync() => SharedAsync("verifying", ("Identity:RequireVerifiedEmail", "true"));

    /// <summary>One for measuring: hashes cost what they cost by default, and no limit is ever reached.</summary>
    public Task<WebApplication> TimedApiAsync() => SharedAsync(
        "timed",
        ("Identity:RequireVerifiedEmail", "true"),
        ("Identity:Password:MaxAttempts", "1000"),
        ("Identity:Hashing:MemoryKiB", "19456"),
        ("Identity:Hashing:Passes", "2"));

    /// <summary>Nobody who is signed in, at one machine.</summary>
    public Browser NewBrowser(WebApplication? api = null) => new(PromptStashApp.AddressOf(api ?? Api), Remember);

    /// <summary>Notes a secret, so that nothing that is looked through later may hold it.</summary>
    public void Remember(string what, string secret)
    {
        // The framework's cookie of a provider's state holds a mark of one letter, which is found everywhere.
        if (secret.Length >= ShortestSecret)
        {
            _secrets.TryAdd(secret, what);
        }
    }

    public string NewEmail() => $"person{Interlocked.Increment(ref _people)}@example.com";

    /// <summary>A new user, signed in.</summary>
    public async Task<Person> SignUpAsync(WebApplication? api = null)
    {
        var browser = NewBrowser(api);
        var person = new Person(this, browser, NewEmail(), $"correct horse {RandomNumberGenerator.GetHexString(8)}");
        Remember("password", person.Password);
        var answer = await browser.PostAsync("sign-up/email", new { name = "Ada", email = person.Email, password = person.Password });
        person.Id = (await answer.ReadAsync(HttpStatusCode.OK)).GetProperty("user").GetProperty("id").GetGuid();

        return person;
    }

    /// <summary>A new user with a second factor, signed in.</summary>
    public async Task<Person> SignUpWithTwoFactorAsync()
    {
        var person = await SignUpAsync();
        await person.EnrolAsync();

        return person;
    }

    public async Task<NpgsqlConnection> OpenDatabaseAsync() => await house.OpenDatabaseAsync(_database);

    /// <summary>The code of this moment.</summary>
    public string CodeAt(string secret, int stepsFromNow = 0) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp((Time.GetUtcNow() + TimeSpan.FromSeconds(30 * stepsFromNow)).UtcDateTime);

    /// <summary>A code that was never used: that of the next step, when it has come.</summary>
    public string NextCode(string secret)
    {
        Time.Advance(TimeSpan.FromSeconds(30));

        return CodeAt(secret);
    }

    /// <summary>
    /// One hash over every row of every table but the audit, which grows also when somebody only looks, and the counts of those who try links
    /// that are not there.
    /// </summary>
    public async Task<string> HashTablesAsync()
    {
        await using var database = await OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages") == 0, "all mails are written");
        var hashes = new List<string>();
        foreach (var table in await database.ColumnAsync(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('identity', 'stashes', 'sharing') AND tablename NOT IN ('audit_events', 'attempt_counters', 'visitor_keys') ORDER BY 1
            """))
        {
            hashes.Add($"{table} {await database.ScalarAsync<string>($"SELECT coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM {table} t")}");
        }

        Assert.NotEmpty(hashes);

        return string.Join('\n', hashes);
    }

    private async Task<WebApplication> SharedAsync(string name, params (string Key, string Value)[] settings) =>
        _others.TryGetValue(name, out var api) ? api : _others[name] = await StartAsync(settings);
}

/// <summary>What the API logged, line by line.</summary>
public sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, string Line)> _lines = new();

    public (string Category, string Line)[] Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(_lines, categoryName);

    public void Dispose()
    {
        // The lines are still looked at when the API is gone.
    }

    private sealed class Logger(ConcurrentQueue<(string, string)> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((category, $"{logLevel}: {formatter(state, exception)} {exception}"));
    }
}
