using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>
/// The worked example of docs/operations.md: <c>name</c> becomes <c>first_name</c> and <c>last_name</c> in four phases, and in each of them two
/// versions of an API answer at the same time, through PgBouncer, without one failed request or one answer of yesterday.
/// </summary>
public sealed class ChangingWithoutDowntime(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "F22: Fails no request in any phase and loses no name")]
    public async Task Fails_no_request_in_any_phase_and_loses_no_name()
    {
        var database = await app.CreateDatabaseAsync();
        await using var owner = NpgsqlDataSource.Create(app.Postgres.ConnectionString(database));
        await ExecuteAsync(owner, "CREATE TABLE people (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number int UNIQUE, name text NOT NULL)");
        await ExecuteAsync(owner, "INSERT INTO people (number, name) SELECT n, 'Ada Lovelace' FROM generate_series(1, 400) n");
        await using var pooled = NpgsqlDataSource.Create(app.PgBouncer.ConnectionString(database));
        await using var first = await StartAsync(pooled, Version.First);
        await using var second = await StartAsync(pooled, Version.WritesBoth);
        await using var third = await StartAsync(pooled, Version.ReadsNew);
        await using var fourth = await StartAsync(pooled, Version.Last);
        var users = Enumerable.Range(0, 4).Select(number => new User(number)).ToList();

        await WhileUsedAsync(users, [first], () => ExecuteAsync(owner, "ALTER TABLE people ADD COLUMN first_name text, ADD COLUMN last_name text"));
        await WhileUsedAsync(users, [first, second], () => Task.CompletedTask);
        await WhileUsedAsync(users, [second], () => new Backfill(owner, TimeProvider.System).RunAsync(Missing, progress: null, Cancelled));
        await WhileUsedAsync(users, [second, third], () => Task.CompletedTask);
        await WhileUsedAsync(users, [third], async () =>
        {
            await ExecuteAsync(owner, "ALTER TABLE people ADD CONSTRAINT first_name_known CHECK (first_name IS NOT NULL) NOT VALID");
            await ExecuteAsync(owner, "ALTER TABLE people VALIDATE CONSTRAINT first_name_known");
            await ExecuteAsync(owner, "ALTER TABLE people ALTER COLUMN first_name SET NOT NULL, ALTER COLUMN name DROP NOT NULL");
        });
        await WhileUsedAsync(users, [third, fourth], () => Task.CompletedTask);
        await WhileUsedAsync(users, [fourth], () => ExecuteAsync(owner, "ALTER TABLE people DROP COLUMN name"));

        Assert.Empty(users.SelectMany(user => user.Failures));
        await using var count = owner.CreateCommand("SELECT count(*) FROM people WHERE first_name = 'Ada' AND last_name ~ '^Lovelace'");
        Assert.Equal(400L, await count.ExecuteScalarAsync(Cancelled));
    }

    private enum Version
    {
        /// <summary>Knows the one column.</summary>
        First,

        /// <summary>Writes all three; still reads the old one, because the first version writes only that.</summary>
        WritesBoth,

        /// <summary>Reads the new ones, which every row has by now; still writes the old one, because the version before reads it.</summary>
        ReadsNew,

        /// <summary>Knows the new columns only.</summary>
        Last,
    }

    /// <summary>Rows that the first version has written since, too: their new columns say something else than the old one.</summary>
    private static BackfillPlan Missing { get; } = new(
        "public.people",
        "first_name = split_part(name, ' ', 1), last_name = split_part(name, ' ', 2)",
        "first_name || ' ' || last_name IS DISTINCT FROM name") { BatchSize = 50 };

    /// <summary>Uses the versions side by side until the change is through and each user has had a good number of turns.</summary>
    private static async Task WhileUsedAsync(List<User> users, WebApplication[] versions, Func<Task> change)
    {
        var changing = change();
        await Task.WhenAll(users.Select(user => user.UseAsync(versions, changing)));
        await changing;
    }

    /// <summary>Somebody with rows of their own, who knows what must be in them.</summary>
    private sealed class User(int number)
    {
        private const int Rows = 100;
        private const int TurnsInAPhase = 40;

        private readonly Dictionary<int, string> _written = [];
        private int _turn;

        public List<string> Failures { get; } = [];

        public async Task UseAsync(WebApplication[] versions, Task changing)
        {
            using var client = new HttpClient();
            for (var left = TurnsInAPhase; left > 0 || !changing.IsCompleted; left--)
            {
                _turn++;
                var row = 1 + (number * Rows) + (_turn / 2 % Rows);
                var address = new Uri(PromptStashApp.AddressOf(versions[_turn % versions.Length]), $"/people/{row}");
                if (_turn % 2 == 0)
                {
                    using var written = await client.PutAsync(new Uri($"{address}?first=Ada&last=Lovelace{_turn}"), content: null, Cancelled);
                    _written[row] = $"Ada Lovelace{_turn}";
                    Expect(written.StatusCode == HttpStatusCode.NoContent, $"{(int)written.StatusCode} for a write");
                }
                else
                {
                    using var read = await client.GetAsync(address, Cancelled);
                    var body = await read.Content.ReadAsStringAsync(Cancelled);
                    Expect(read.IsSuccessStatusCode && body == _written.GetValueOrDefault(row, "Ada Lovelace"), $"{(int)read.StatusCode} {body}");
                }
            }
        }

        private void Expect(bool holds, string otherwise)
        {
            if (!holds)
            {
                Failures.Add(otherwise);
            }
        }
    }

    private static async Task<WebApplication> StartAsync(NpgsqlDataSource source, Version version)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var api = builder.Build();
        var (read, write) = version switch
        {
            Version.First => ("name", "name = $2 || ' ' || $3"),
            Version.WritesBoth => ("name", "name = $2 || ' ' || $3, first_name = $2, last_name = $3"),
            Version.ReadsNew => ("first_name || ' ' || last_name", "name = $2 || ' ' || $3, first_name = $2, last_name = $3"),
            _ => ("first_name || ' ' || last_name", "first_name = $2, last_name = $3"),
        };
        api.MapGet("/people/{number:int}", async (int number, CancellationToken cancelled) =>
        {
            await using var command = source.CreateCommand($"SELECT {read} FROM people WHERE number = $1");
            command.Parameters.Add(new() { Value = number });

            return Results.Text((string?)await command.ExecuteScalarAsync(cancelled));
        });
        api.MapPut("/people/{number:int}", async (int number, string first, string last, CancellationToken cancelled) =>
        {
            await using var command = source.CreateCommand($"UPDATE people SET {write} WHERE number = $1");
            foreach (object value in (object[])[number, first, last])
            {
                command.Parameters.Add(new() { Value = value });
            }


            return await command.ExecuteNonQueryAsync(cancelled) == 1 ? Results.NoContent() : Results.NotFound();
        });
        await api.StartAsync(Cancelled);

        return api;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
