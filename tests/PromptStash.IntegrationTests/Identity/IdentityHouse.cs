using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>An API with a database, a clock and a mailbox of its own, in which days may pass and tables may be looked at as a whole.</summary>
internal sealed class IdentityHouse : IAsyncDisposable
{
    private static readonly SemaphoreSlim Copying = new(1, 1);
    private static string? _migrated;
    private static int _copies;

    private readonly PromptStashApp _app;
    private readonly List<WebApplication> _apis = [];
    private readonly (string Key, string Value)[] _settings;

    private IdentityHouse(PromptStashApp app, string database, (string Key, string Value)[] settings)
    {
        _app = app;
        _settings = settings;
        Database = database;
    }

    public FakeTimeProvider Time { get; } = TestClock.Start();

    public LogRecorder Log { get; } = new();

    public string Database { get; }

    public Mailbox Mail { get; } = new(Directory.CreateTempSubdirectory("promptstash-mail-").FullName);

    public WebApplication Api => _apis[^1];

    public static async Task<IdentityHouse> OpenAsync(PromptStashApp app, params (string Key, string Value)[] settings)
    {
        var house = new IdentityHouse(app, await CopyDatabaseAsync(app), settings);
        await house.StartAnotherApiAsync();

        return house;
    }

    /// <summary>Copies a database that was migrated once: a copy takes a tenth of the time of the worker.</summary>
    private static async Task<string> CopyDatabaseAsync(PromptStashApp app)
    {
        await Copying.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _migrated ??= await app.CreateMigratedDatabaseAsync();
            var name = $"{_migrated}_{++_copies}";
            await using var server = await app.OpenDatabaseAsync("postgres");
            await server.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {_migrated}");

            return name;
        }
        finally
        {
            Copying.Release();
        }
    }

    /// <summary>Starts another API on the same database, as after a restart.</summary>
    public async Task<WebApplication> StartAnotherApiAsync(params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] usual =
        [
            ("ConnectionStrings:promptstash", _app.PgBouncer.ConnectionString(Database)),
            ("Mail:PickupFolder", Mail.Folder),
            ("Api:KnownProxies:0", "127.0.0.1"),
        ];
        _apis.Add(await _app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(Time);
                builder.Logging.AddProvider(Log);
            },
            [.. usual, .. _settings, .. settings]));

        return Api;
    }

    public HttpClient NewClient() => _app.NewClient(Api);

    public Task<NpgsqlConnection> OpenDatabaseAsync() => _app.OpenDatabaseAsync(Database);

    public async ValueTask DisposeAsync()
    {
        foreach (var api in _apis)
        {
            await api.DisposeAsync();
        }

        Directory.Delete(Mail.Folder, recursive: true);
    }
}
