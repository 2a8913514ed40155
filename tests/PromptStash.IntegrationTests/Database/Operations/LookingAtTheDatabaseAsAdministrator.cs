using Microsoft.AspNetCore.Builder;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class LookingAtTheDatabaseAsAdministrator(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Paths => ["overview", "slow-queries", "tables", "connections"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Is_open_to_a_proven_address_of_the_list(string path)
    {
        var (api, ada) = await SignInAsAdministratorAsync(verified: true);
        await using var _ = api;
        using var __ = ada;

        var answer = await ada.GetAsync($"/api/v1/admin/database/{path}", Cancelled);

        Assert.Equal(JsonValueKind.Object, (await answer.ReadAsync(HttpStatusCode.OK)).ValueKind);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Looks_like_nothing_to_everybody_else(string path)
    {
        using var eve = await app.SignInAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync($"/api/v1/admin/database/{path}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Looks_like_nothing_until_the_address_is_proven()
    {
        var (api, ada) = await SignInAsAdministratorAsync(verified: false);
        await using var _ = api;
        using var __ = ada;

        Assert.Equal(HttpStatusCode.NotFound, (await ada.GetAsync("/api/v1/admin/database/overview", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Without_signing_in_is_401()
    {
        using var nobody = app.NewClient();

        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/v1/admin/database/overview", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Of_an_old_session_asks_to_sign_in_again()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(app.Time.GetUtcNow());
        var (api, ada) = await SignInAsAdministratorAsync(verified: true, time);
        await using var _ = api;
        using var __ = ada;

        time.Advance(TimeSpan.FromHours(1));

        Assert.Contains("Sign in again", (await (await ada.GetAsync("/api/v1/admin/database/overview", Cancelled)).ReadAsync(HttpStatusCode.Forbidden)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_which_operation_a_slow_statement_is_of()
    {
        var (api, ada) = await SignInAsAdministratorAsync(verified: true);
        await using var _ = api;
        using var __ = ada;
        await using (var connection = await app.OpenDatabaseAsync())
        {
            await connection.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        }

        await ada.CreateFileAsync(await ada.DefaultStashAsync(), "slow.md", "# Slow");
        var queries = await ada.GetFromJsonAsync<JsonElement>("/api/v1/admin/database/slow-queries?limit=100", Cancelled);

        Assert.True(queries.GetProperty("available").GetBoolean());
        Assert.Contains(queries.GetProperty("items").EnumerateArray(), query => query.GetProperty("operation").ValueKind == JsonValueKind.String);
    }

    private async Task<(WebApplication Api, HttpClient Client)> SignInAsAdministratorAsync(bool verified, Microsoft.Extensions.Time.Testing.FakeTimeProvider? time = null)
    {
        var email = $"admin-{app.NewId():N}@example.com";
        var api = await app.StartApiAsync(time ?? app.Time, ("Admin:Emails:0", email));
        var client = app.NewClient(api);
        (await client.PostAsJsonAsync("/api/auth/sign-up/email", new { name = "Admin", email, password = "correct horse battery staple" }, Cancelled)).EnsureSuccessStatusCode();
        if (verified)
        {
            await using var connection = await app.OpenDatabaseAsync();
            Assert.Equal(1, await connection.ExecuteAsync("UPDATE identity.users SET email_verified = true WHERE email = $1", email));
        }

        return (api, client);
    }
}
