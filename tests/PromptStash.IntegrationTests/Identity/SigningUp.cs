using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class SigningUp(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S1 Signing up answers the same for a new address and one that is taken, and only its owner is told")]
    public async Task Answers_the_same_for_a_taken_address()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Identity:RequireVerifiedEmail", "true"));
        using var client = house.NewClient();
        var email = AuthClient.NewEmail();

        var first = await client.SignUpAsync(email);
        await client.FollowAsync(await house.Mail.LinkAsync(email, "Confirm your e-mail address"));
        var second = await client.SignUpAsync(email.ToUpperInvariant(), AuthClient.OtherPassword);

        Assert.Equal(await ShapeAsync(first), await ShapeAsync(second));
        await house.Mail.WaitAsync(email, "You already have an account");
        await (await client.SignInAsync(email, AuthClient.OtherPassword)).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        await (await client.SignInAsync(email)).ReadAsync(HttpStatusCode.OK);
    }

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
    [InlineData("""{"name":"Ada","email":"not an address","password":"analytical engine"}""", "[body.email] Invalid email address")]
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

    [Theory(DisplayName = "S26 Signing up counts the length of a password in code points and has no rules of composition")]
    [InlineData(7, "a", "PASSWORD_TOO_SHORT")]
    [InlineData(8, "ы", null)]
    [InlineData(128, "😀", null)]
    [InlineData(129, "😀", "PASSWORD_TOO_LONG")]
    [InlineData(4000, "a", "PASSWORD_TOO_LONG")]
    public async Task Counts_code_points(int count, string character, string? code)
    {
        using var client = app.NewClient();
        var password = string.Concat(Enumerable.Repeat(character, count - 1)) + "z";

        var response = await client.SignUpAsync(AuthClient.NewEmail(), password);

        if (code is null)
        {
            await response.ReadAsync(HttpStatusCode.OK);
        }
        else
        {
            await response.AssertErrorAsync(HttpStatusCode.BadRequest, code);
        }
    }

    [Fact(DisplayName = "S26 Signing in tells passwords apart that differ in their 128th character only")]
    public async Task Cuts_nothing_off()
    {
        using var client = app.NewClient();
        var start = new string('x', 126) + "y";
        var email = await client.NewUserAsync(start + "1");

        await (await client.SignInAsync(email, start + "2")).AssertErrorAsync(HttpStatusCode.Unauthorized, "INVALID_EMAIL_OR_PASSWORD");
        await (await client.SignInAsync(email, start + "1")).ReadAsync(HttpStatusCode.OK);
        await (await client.SignInAsync(email, start + "12")).AssertErrorAsync(HttpStatusCode.BadRequest, "PASSWORD_TOO_LONG");
    }

    [Fact(DisplayName = "S26 Signing in takes a password in whichever form a keyboard composes it (NFKC)")]
    public async Task Normalizes_the_password()
    {
        using var client = app.NewClient();
        var email = await client.NewUserAsync("cafe\u0301 \uFB01n de siecle");

        await (await client.SignInAsync(email, "caf\u00E9 fin de siecle")).ReadAsync(HttpStatusCode.OK);
    }

    [Theory(DisplayName = "S27 Signing up refuses passwords that everybody tries first, and ones made of the product or the address")]
    [InlineData("password")]
    [InlineData("PassWord123")]
    [InlineData("12345678")]
    [InlineData("qwertyuiop")]
    [InlineData("iloveyou1")]
    [InlineData("Sunshine2025")]
    [InlineData("trustno1")]
    [InlineData("p@ssw0rd!")]
    [InlineData("PromptStash1")]
    [InlineData("my-promptstash")]
    [InlineData("grace.hopper1")]
    [InlineData("grace.hopper@example.com")]
    public async Task Refuses_guessable_passwords(string password)
    {
        using var client = app.NewClient();

        await (await client.SignUpAsync("grace.hopper@example.com", password)).AssertErrorAsync(HttpStatusCode.BadRequest, "PASSWORD_COMPROMISED");
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
