using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class SigningUp(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_taken_address_is_refused_where_addresses_are_not_verified()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync();

        await (await client.SignUpAsync(email)).AssertErrorAsync(HttpStatusCode.UnprocessableEntity, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    }

    [Fact]
    public async Task Makes_one_user_of_twenty_requests_at_once()
    {
        var email = AuthClient.NewEmail();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var client = app.NewClient();

            return (await client.SignUpAsync(email)).StatusCode;
        }));

        Assert.Single(answers, HttpStatusCode.OK);
        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM identity.users WHERE email = $1", email));
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM identity.accounts a JOIN identity.users u ON u.id = a.user_id WHERE u.email = $1", email));
    }

    [Fact]
    public async Task Takes_a_form_as_well_as_json()
    {
        using var client = app.NewClient();
        var email = AuthClient.NewEmail();

        var response = await client.PostAsync(
            "/api/auth/sign-up/email",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "Ada", ["email"] = email, ["password"] = AuthClient.Password }),
            Cancelled);

        await response.ReadAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"name":"Ada","email":"ada at example","password":"analytical engine"}""", "[body.email] Invalid email address")]
    [InlineData("""{"name":"Ada","email":"ada@example.com"}""", "[body.password] Invalid input: expected string, received undefined")]
    [InlineData("""{"name":5,"email":"ada@example.com","password":null}""", "[body.name] Invalid input: expected string, received number; [body.password] Invalid input: expected string, received null")]
    [InlineData("""[]""", "[body] Invalid input: expected object, received array")]
    public async Task Says_what_is_wrong_in_the_words_of_the_contract(string body, string message)
    {
        using var client = app.NewClient();

        var response = await client.PostAsync("/api/auth/sign-up/email", new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), Cancelled);

        var error = await response.ReadAsync(HttpStatusCode.BadRequest);
        Assert.Equal(message, error.GetProperty("message").GetString());
        Assert.Equal("VALIDATION_ERROR", error.GetProperty("code").GetString());
    }

    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var body = await response.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, body.GetProperty("token").ValueKind);
        Assert.Empty(response.SetCookies());
        var headers = response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal);

        return $"{response.StatusCode} {Shape(body)} {string.Join(",", headers)}";
    }

    private static string Shape(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? $"{{{string.Join(",", element.EnumerateObject().Select(property => $"{property.Name}:{Shape(property.Value)}"))}}}"
        : element.ValueKind.ToString();
}
