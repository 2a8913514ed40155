using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Validation;

/// <summary>Between the times at which all files are asked. On a database of its own, whose only API has a clock of its own.</summary>
public sealed class CheckingWhatIsDue(PromptStashApp app)
{
    private const string Nameless = "---\ndescription: Reviews changes\nmodel: opus\n---\nRead the diff first.\n";

    private static readonly TimeSpan ToTheNextTime = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_the_files_of_a_folder_that_has_moved()
    {
        await using var house = await House.OpenAsync(app);
        var file = await house.Client.CreateFileAsync(house.Stash, "notes/agents/a.md", Nameless);
        var folder = await house.Client.FolderIdAsync(house.Stash, "notes");
        await (await house.Client.PatchAsync($"folders/{folder}", new { name = ".claude" })).ReadAsync(HttpStatusCode.OK);
        Assert.False(await house.IsCheckedAsync(file));

        house.Time.Advance(ToTheNextTime);

        await Eventually.TrueAsync(() => house.IsCheckedAsync(file), "the file is checked");
    }

    [Fact]
    public async Task Leaves_nothing_on_the_list()
    {
        await using var house = await House.OpenAsync(app);
        await house.Database.InsertFileAsync(app, house.Stash, "a.md");

        house.Time.Advance(ToTheNextTime);

        await Eventually.TrueAsync(house.NothingIsDueAsync, "the list is empty");
    }

    [Fact]
    public async Task Passes_over_a_stash_that_is_gone()
    {
        await using var house = await House.OpenAsync(app);
        await house.Database.ExecuteAsync("INSERT INTO stashes.checks_due (stash_id) VALUES ($1)", app.NewId());

        house.Time.Advance(ToTheNextTime);

        await Eventually.TrueAsync(house.NothingIsDueAsync, "the list is empty");
    }

    [Fact]
    public async Task Finds_what_was_noted_earlier_and_committed_later_than_what_was_done()
    {
        await using var house = await House.OpenAsync(app);
        await using var other = await house.OpenAnotherAsync();
        await using var late = await other.BeginTransactionAsync(Cancelled);
        var slow = await other.InsertFileAsync(app, await other.InsertStashAsync(app), "slow.md");
        await house.Database.InsertFileAsync(app, house.Stash, "quick.md");
        house.Time.Advance(ToTheNextTime);
        await Eventually.TrueAsync(house.NothingIsDueAsync, "the list is empty, but for what nobody sees yet");

        await late.CommitAsync(Cancelled);
        house.Time.Advance(ToTheNextTime);

        await Eventually.TrueAsync(() => house.IsCheckedAsync(slow), "the file is checked");
    }

    [Theory]
    [InlineData("description = 'Another'", 0)]
    [InlineData("checked_rules = 0", 0)]
    [InlineData("checked_rules = NULL", 1)]
    [InlineData("checked_rules = NULL, deleted_at = now(), trash_id = id", 0)]
    public async Task Is_noted_where_something_has_to_be_found_out(string change, long notes)
    {
        await using var house = await House.OpenAsync(app);
        var file = await house.Client.CreateFileAsync(house.Stash, "a.md", "Text");
        Assert.True(await house.NothingIsDueAsync());

        await house.Database.ExecuteAsync($"UPDATE stashes.files SET {change} WHERE id = $1", file);

        Assert.Equal(notes, await house.Database.ScalarAsync<long>("SELECT count(*) FROM stashes.checks_due WHERE stash_id = $1", house.Stash));
    }

    private sealed class House : IAsyncDisposable
    {
        private readonly PromptStashApp _app;
        private readonly string _name;
        private readonly WebApplication _api;

        private House(PromptStashApp app, string name, FakeTimeProvider time, WebApplication api, NpgsqlConnection database, HttpClient client, Guid stash)
        {
            (_app, _name, _api, Time, Database, Client, Stash) = (app, name, api, time, database, client, stash);
        }

        public FakeTimeProvider Time { get; }

        public NpgsqlConnection Database { get; }

        public HttpClient Client { get; }

        public Guid Stash { get; }

        /// <summary>The API has asked all files, as it does at its start: a file that it finds says so.</summary>
        public static async Task<House> OpenAsync(PromptStashApp app)
        {
            var name = await app.CreateMigratedDatabaseAsync();
            var time = new FakeTimeProvider(app.Time.GetUtcNow());
            var database = await app.OpenDatabaseAsync(name);
            var first = await database.InsertFileAsync(app, await database.InsertStashAsync(app), "first.md");
            var api = await app.StartApiAsync(time, ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
            var client = await app.SignInAsync(api);
            var house = new House(app, name, time, api, database, client, await client.DefaultStashAsync());
            await Eventually.TrueAsync(async () => await house.IsCheckedAsync(first) && await house.NothingIsDueAsync(), "all files were asked");

            return house;
        }

        public Task<NpgsqlConnection> OpenAnotherAsync() => _app.OpenDatabaseAsync(_name);

        public Task<bool> IsCheckedAsync(Guid file) => Database.ScalarAsync<bool>("SELECT checked_rules IS NOT NULL FROM stashes.files WHERE id = $1", file);

        public async Task<bool> NothingIsDueAsync() => await Database.ScalarAsync<long>("SELECT count(*) FROM stashes.checks_due") == 0;

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _api.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
