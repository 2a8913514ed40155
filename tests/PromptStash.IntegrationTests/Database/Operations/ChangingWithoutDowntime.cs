using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService;
using PromptStash.MigrationService.Linting;
using PromptStash.MigrationService.Verbs;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>
/// The worked example of docs/operations.md: <c>name</c> becomes <c>first_name</c> and <c>last_name</c> in four phases. The product's migrator applies
/// the migrations of each release; the releases' APIs use EF Core through PgBouncer; and users ask all the time, of the old version and of the new one.
/// </summary>
public sealed class ChangingWithoutDowntime(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "F22: Fails no request in any phase and loses no name")]
    public async Task Fails_no_request_in_any_phase_and_loses_no_name()
    {
        var (database, worker, owner) = await PrepareAsync();
        await using var closed = owner;
        await using var rotation = new Rotation();
        var first = await StartAsync<FirstRelease>(database);
        await rotation.TurnToAsync(first);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var users = Enumerable.Range(0, Users).Select(number => new User(number)).ToList();
        var usage = Task.WhenAll(users.Select(user => user.UseAsync(rotation, done.Token)));

        // 1 Expand.
        await rotation.WhileUsedAsync("expand", () => worker.MigrateAsync<SecondRelease>());

        // 2 Write both.
        var second = await StartAsync<SecondRelease>(database);
        await rotation.TurnToAsync(first, second);
        await rotation.WhileUsedAsync("write both");
        await rotation.TurnToAsync(second);

        // 3 Backfill.
        await rotation.WhileUsedAsync("backfill", () => new Backfill(owner, TimeProvider.System).RunAsync(NameParts.Backfill("people.people") with { BatchSize = 50 }, progress: null, Cancelled));
        var third = await StartAsync<ThirdRelease>(database);
        await rotation.TurnToAsync(second, third);
        await rotation.WhileUsedAsync("read new");
        await rotation.TurnToAsync(third);

        // 4 Contract.
        await rotation.WhileUsedAsync("require", () => worker.MigrateAsync<FourthRelease>());
        var fourth = await StartAsync<FourthRelease>(database);
        await rotation.TurnToAsync(third, fourth);
        await rotation.WhileUsedAsync("write new");
        await rotation.TurnToAsync(fourth);
        await rotation.WhileUsedAsync("drop", () => worker.MigrateAsync<FifthRelease>());

        await done.CancelAsync();
        await usage;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', rotation.Phases));
        Assert.Equal([], rotation.Failures);
        Assert.True(rotation.AnsweredDuringChanges > 0, "Nobody asked anything while the database was changed.");
        Assert.Equal(
            users.SelectMany(user => user.Names).Select(known => $"{known.Key}: {NameParts.Of(known.Value)}").Order(StringComparer.Ordinal),
            (await ColumnAsync(owner, "SELECT number || ': ' || first_name || CASE last_name WHEN '' THEN '' ELSE ' ' || last_name END FROM people.people")).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["first_name NO", "id NO", "last_name NO", "number NO"],
            await ColumnAsync(owner, "SELECT column_name || ' ' || is_nullable FROM information_schema.columns WHERE table_schema = 'people' AND table_name = 'people' ORDER BY 1"));
    }

    [Fact]
    public async Task Would_notice_a_column_that_is_dropped_at_once()
    {
        var (database, worker, owner) = await PrepareAsync();
        await using var closed = owner;
        await using var rotation = new Rotation();
        await rotation.TurnToAsync(await StartAsync<FirstRelease>(database));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var usage = new User(0).UseAsync(rotation, done.Token);

        await worker.MigrateAsync<CarelessRelease>();

        await Eventually.TrueAsync(() => Task.FromResult(rotation.Failures.Any(failure => failure.Contains("500", StringComparison.Ordinal))), "a request fails");
        await done.CancelAsync();
        await usage;
    }

    [Fact]
    public async Task Is_what_lint_demands_of_each_migration()
    {
        var (_, worker, owner) = await PrepareAsync();
        await owner.DisposeAsync();
        using var host = worker.Build<FifthRelease>();
        var module = host.Services.GetRequiredService<IModuleMigrator>();
        var migrations = (await module.GetStateAsync(Cancelled)).Pending;
        Assert.Equal(6, migrations.Count);

        foreach (var migration in migrations)
        {
            Assert.Equal([], await Lint.LookAsync(module, migration, acceptDowntime: false, host.Services.GetRequiredService<Squawk>(), Cancelled));
        }
    }

    [Theory]
    [InlineData(typeof(AddNameParts))]
    [InlineData(typeof(IndexLastNames))]
    [InlineData(typeof(CheckNameParts))]
    [InlineData(typeof(ValidateNameParts))]
    public void Takes_nothing_away_before_the_end(Type migration)
    {
        Assert.Null(migration.GetCustomAttribute<ContractPhaseAttribute>());
        Assert.Empty(OperationRules.Check(((Migration)Activator.CreateInstance(migration)!).UpOperations, isContractPhase: false));
    }

    [Theory]
    [InlineData(typeof(RequireNameParts), "set-not-null")]
    [InlineData(typeof(DropName), "drop-column")]
    public void Has_to_say_why_nobody_uses_what_it_takes_away(Type migration, string rule)
    {
        var operations = ((Migration)Activator.CreateInstance(migration)!).UpOperations;

        Assert.NotEmpty(migration.GetCustomAttribute<ContractPhaseAttribute>()!.Why);
        Assert.Empty(OperationRules.Check(operations, isContractPhase: true));
        Assert.Contains(rule, OperationRules.Check(operations, isContractPhase: false).Select(finding => finding.Rule));
    }

    private const int Users = 4;
    private const int RowsOfAUser = 100;

    /// <summary>Names of one, two and three words: none may lose a part of itself.</summary>
    private static string NameOf(int row, int turn) => (row % 3) switch
    {
        0 => $"Plato{turn}",
        1 => $"Ada Lovelace{turn}",
        _ => $"Johann Sebastian Bach{turn}",
    };

    /// <summary>A database as the first release left it, with rows.</summary>
    private async Task<(string Database, ReleaseWorker Worker, NpgsqlDataSource Owner)> PrepareAsync()
    {
        var database = await app.CreateDatabaseAsync();
        var worker = new ReleaseWorker(app.Postgres.ConnectionString(database));
        await worker.MigrateAsync<FirstRelease>();
        var owner = NpgsqlDataSource.Create(app.Postgres.ConnectionString(database));
        await using var rows = owner.CreateCommand(
            $"""
            INSERT INTO people.people (id, number, name)
            SELECT gen_random_uuid(), number, CASE number % 3 WHEN 0 THEN 'Plato0' WHEN 1 THEN 'Ada Lovelace0' ELSE 'Johann Sebastian Bach0' END
            FROM generate_series(0, {(Users * RowsOfAUser) - 1}) number
            """);
        await rows.ExecuteNonQueryAsync(Cancelled);

        return (database, worker, owner);
    }

    private async Task<Running> StartAsync<TRelease>(string database)
        where TRelease : PeopleRelease
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(app.PgBouncer.ConnectionString(database)));
        builder.Services.AddRelease<TRelease>();
        builder.Services.AddScoped<PeopleRelease>(services => services.GetRequiredService<TRelease>());
        var api = builder.Build();
        api.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Said, so that a failure of the test says it.
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                await context.Response.WriteAsync((exception.InnerException ?? exception).Message);
            }
        });
        api.MapGet("/people/{number:int}", async (int number, PeopleRelease people, CancellationToken cancelled) =>
            await people.ReadAsync(number, cancelled) is { } name ? Results.Text(name) : Results.NotFound());
        api.MapPut("/people/{number:int}", async (int number, string name, PeopleRelease people, CancellationToken cancelled) =>
            await people.RenameAsync(number, name, cancelled) ? Results.NoContent() : Results.NotFound());
        api.MapPost("/people/{number:int}", async (int number, string name, PeopleRelease people, CancellationToken cancelled) =>
        {
            await people.AddAsync(app.NewId(), number, name, cancelled);

            return Results.Created();
        });
        await api.StartAsync(Cancelled);

        return new(typeof(TRelease).Name, api);
    }

    private static async Task<List<string>> ColumnAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var values = new List<string>();
        while (await reader.ReadAsync(Cancelled))
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    /// <summary>A version of the API that runs.</summary>
    private sealed class Running(string name, WebApplication api)
    {
        public string Name => name;

        public WebApplication Api => api;

        public Uri Address { get; } = PromptStashApp.AddressOf(api);

        public int UnderWay { get; set; }

        public int Answered { get; set; }
    }

    /// <summary>What a proxy does while a release goes out: sends the requests to the versions in turn, and lets one finish before it is stopped.</summary>
    private sealed class Rotation : IAsyncDisposable
    {
        private const int RequestsOfAVersion = 150;

        private readonly Lock _turn = new();
        private Running[] _versions = [];
        private int _next;

        public ConcurrentQueue<string> Failures { get; } = [];

        /// <summary>What was answered in each phase, by whom.</summary>
        public List<string> Phases { get; } = [];

        public int AnsweredDuringChanges { get; private set; }

        /// <summary>Sends a request to the version whose turn it is.</summary>
        public async Task<T> SendAsync<T>(Func<Uri, string, Task<T>> send)
        {
            Running version;
            lock (_turn)
            {
                version = _versions[_next++ % _versions.Length];
                version.UnderWay++;
            }

            try
            {
                return await send(version.Address, version.Name);
            }
            finally
            {
                lock (_turn)
                {
                    version.UnderWay--;
                    version.Answered++;
                }
            }
        }

        public async Task TurnToAsync(params Running[] versions)
        {
            Running[] retired;
            lock (_turn)
            {
                retired = [.. _versions.Except(versions)];
                _versions = versions;
            }

            foreach (var version in retired)
            {
                await Eventually.TrueAsync(() => Task.FromResult(Look(() => version.UnderWay == 0)), $"{version.Name} has answered what it was asked");
                await version.Api.DisposeAsync();
            }
        }

        /// <summary>Lets the change happen under the users' hands; the phase is over when each version has answered a good number of requests since it began, half of them before the change.</summary>
        public async Task WhileUsedAsync(string phase, Func<Task>? change = null)
        {
            var before = Look(() => _versions.ToDictionary(version => version, version => version.Answered));
            await UsedAsync(RequestsOfAVersion / 2);
            var begun = Answered();
            await (change?.Invoke() ?? Task.CompletedTask);
            var meanwhile = Answered() - begun;
            await UsedAsync(RequestsOfAVersion);
            AnsweredDuringChanges += meanwhile;
            Phases.Add($"{phase}: {string.Join(", ", Look(() => before.Select(version => $"{version.Key.Name} answered {version.Key.Answered - version.Value}").ToList()))}, {meanwhile} of them during the change");

            int Answered() => Look(() => before.Sum(version => version.Key.Answered - version.Value));

            Task UsedAsync(int requests) => Eventually.TrueAsync(
                () => Task.FromResult(Look(() => before.All(version => version.Key.Answered - version.Value >= requests))), $"each version has been used in the phase '{phase}'");
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var version in _versions)
            {
                await version.Api.DisposeAsync();
            }
        }

        private T Look<T>(Func<T> look)
        {
            lock (_turn)
            {
                return look();
            }
        }
    }

    /// <summary>Somebody with rows of their own, who knows what must be in them.</summary>
    private sealed class User(int number)
    {
        private readonly Dictionary<int, string> _names = Enumerable.Range(number * RowsOfAUser, RowsOfAUser).ToDictionary(row => row, row => NameOf(row, turn: 0));

        /// <summary>What this user has been told is kept.</summary>
        public IReadOnlyDictionary<int, string> Names => _names;

        /// <summary>Writes a row, reads it, reads another that nobody has written since the beginning, and now and then adds one.</summary>
        public async Task UseAsync(Rotation rotation, CancellationToken stop)
        {
            using var client = new HttpClient();
            for (var turn = 1; !stop.IsCancellationRequested; turn++)
            {
                var written = (number * RowsOfAUser) + (turn * 2 % RowsOfAUser);
                await WriteAsync(rotation, client, HttpMethod.Put, written, NameOf(written, turn), HttpStatusCode.NoContent);
                await ReadAsync(rotation, client, written);
                await ReadAsync(rotation, client, written + 1);
                if (turn % 8 == 0)
                {
                    var added = 1_000_000 + (number * 100_000) + turn;
                    await WriteAsync(rotation, client, HttpMethod.Post, added, NameOf(added, turn), HttpStatusCode.Created);
                    await ReadAsync(rotation, client, added);
                }
            }
        }

        private async Task WriteAsync(Rotation rotation, HttpClient client, HttpMethod method, int row, string name, HttpStatusCode expected)
        {
            var (status, body, version) = await AskAsync(rotation, client, method, $"/people/{row}?name={Uri.EscapeDataString(name)}");
            _names[row] = name;
            if (status != expected)
            {
                rotation.Failures.Enqueue($"{version}: {(int?)status} {body} for {method} {row}");
            }
        }

        private async Task ReadAsync(Rotation rotation, HttpClient client, int row)
        {
            var (status, body, version) = await AskAsync(rotation, client, HttpMethod.Get, $"/people/{row}");
            if (status != HttpStatusCode.OK || body != _names[row])
            {
                rotation.Failures.Enqueue($"{version}: {(int?)status} {body} for {row}, which is {_names[row]}");
            }
        }

        private static Task<(HttpStatusCode? Status, string Body, string Version)> AskAsync(Rotation rotation, HttpClient client, HttpMethod method, string path) =>
            rotation.SendAsync<(HttpStatusCode?, string, string)>(async (address, version) =>
            {
                try
                {
                    using var request = new HttpRequestMessage(method, new Uri(address, path));
                    using var response = await client.SendAsync(request, Cancelled);

                    return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled), version);
                }
                catch (HttpRequestException exception)
                {
                    return (null, exception.Message, version);
                }
            });
    }
}
