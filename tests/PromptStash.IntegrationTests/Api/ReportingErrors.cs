using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Api;

public sealed class ReportingErrors(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_the_operator_what_to_type_when_a_column_is_missing_and_the_sender_nothing()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        var log = new LogRecorder();
        await using var api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);
                builder.Logging.AddProvider(log);
            },
            ("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("ALTER TABLE stashes.stashes RENAME description TO summary");

        var problem = await (await ada.GetAsync("/api/v1/stashes", Cancelled)).IsProblemAsync(HttpStatusCode.InternalServerError);

        Assert.DoesNotContain("42703", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(log.Lines, line => line.Contains("(42703): run PromptStash.MigrationService status", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_the_line_at_which_a_body_is_no_JSON()
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.PostAsync("/api/v1/stashes", Problem.Json("{\n  \"name\": \"A\",\n  \"scope\" \"USER\"\n}"), Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);

        Assert.Contains("line 3", problem.DetailOf(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": 5}""", "$.name")]
    [InlineData("""{"name": "A", "scope": "GALAXY"}""", "$.scope")]
    [InlineData("""{"name": "A", "scope": 1}""", "$.scope")]
    [InlineData("""{"name": {"first": "A"}}""", "$.name")]
    public async Task Tells_the_field_that_is_of_another_type(string body, string path)
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.PostAsync("/api/v1/stashes", Problem.Json(body), Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);

        Assert.Contains(path, problem.DetailOf(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"name\"")]
    [InlineData("{")]
    public async Task Answers_a_body_that_is_no_object_with_400(string body)
    {
        using var ada = await app.SignInAsync();

        await (await ada.PostAsync("/api/v1/stashes", Problem.Json(body), Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Answers_a_body_that_is_not_UTF_8_with_400()
    {
        using var ada = await app.SignInAsync();
        var body = new ByteArrayContent([.. "{\"name\": \""u8, 0xC3, 0x28, .. "\"}"u8]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        await (await ada.PostAsync("/api/v1/stashes", body, Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Answers_a_body_that_is_nested_too_deeply_with_400()
    {
        using var ada = await app.SignInAsync();

        await (await ada.PostAsync("/api/v1/stashes", Problem.Json("{\"name\":" + new string('[', 1000) + new string(']', 1000) + "}"), Cancelled))
            .IsProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Names_the_field_that_breaks_a_rule_as_the_JSON_does()
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.PostAsync("/api/v1/stashes", Problem.Json("{}"), Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("name", out _), problem.ToString());
    }

    [Theory]
    [InlineData("/api/v1/stashes?limit=many", "limit")]
    [InlineData("/api/v1/stashes?limit=99999999999", "limit")]
    public async Task Names_the_parameter_that_cannot_be_read(string address, string name)
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.GetAsync(address, Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);

        Assert.Contains($"'{name}'", problem.DetailOf(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("after=never", "after")]
    public async Task Names_the_parameter_that_breaks_a_rule(string query, string name)
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.GetAsync("/api/v1/stashes?" + query, Cancelled)).IsProblemAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(name, out _), problem.ToString());
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/api")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/api/v2/stashes")]
    [InlineData("/api/v1/stashes/not-an-id")]
    [InlineData("/api/v1/files/00000000-0000-0000-0000-00000000000g")]
    [InlineData("/api/v1/files/00000000-0000-0000-0000-000000000000/versions/first")]
    [InlineData("/api/v1/files/00000000-0000-0000-0000-000000000000")]
    public async Task Answers_what_is_not_there_with_404(string address)
    {
        using var ada = await app.SignInAsync();

        await (await ada.GetAsync(address, Cancelled)).IsProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Says_what_a_route_takes_when_it_does_not_take_this_method()
    {
        using var ada = await app.SignInAsync();

        var response = await ada.DeleteAsync("/api/v1/stashes", Cancelled);

        await response.IsProblemAsync(HttpStatusCode.MethodNotAllowed);
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Answers_a_body_of_another_type_with_415(string type)
    {
        using var ada = await app.SignInAsync();

        await (await ada.PostAsync("/api/v1/stashes", new StringContent("name=A", new MediaTypeHeaderValue(type)), Cancelled))
            .IsProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Answers_a_change_that_names_no_version_with_428()
    {
        using var ada = await app.SignInAsync();
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "a.md", "A");

        await (await ada.PutContentAsync(file, ifMatch: null, "B")).IsProblemAsync(HttpStatusCode.PreconditionRequired);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_a_body_that_is_too_large_with_413(bool chunked)
    {
        using var ada = await app.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/stashes")
        {
            Content = Problem.Json($$"""{"name": "{{new string('a', 2 * 1024 * 1024)}}"}"""),
            Headers = { TransferEncodingChunked = chunked },
        };
        request.Headers.ExpectContinue = true;

        await (await ada.SendAsync(request, Cancelled)).IsProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Answers_whoever_has_not_signed_in_with_401()
    {
        using var nobody = app.NewClient();

        var response = await nobody.GetAsync("/api/v1/stashes", Cancelled);

        await response.IsProblemAsync(HttpStatusCode.Unauthorized);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task Answers_a_page_of_another_site_with_403()
    {
        using var ada = await app.SignInAsync();
        ada.DefaultRequestHeaders.Remove("Origin");
        ada.DefaultRequestHeaders.Add("Origin", "https://evil.example.com");

        await (await ada.PostAsJsonAsync("/api/v1/stashes", new { name = "A" }, Cancelled)).IsProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact(DisplayName = "Fault 20: An error of ours tells its trace id and nothing of the house")]
    public async Task Tells_of_a_fault_of_ours_the_trace_id_and_nothing_else()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        using var ada = await app.SignInAsync(api);
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("ALTER TABLE stashes.stashes RENAME TO stashes_of_yesterday");

        var response = await ada.GetAsync("/api/v1/stashes", Cancelled);

        var problem = await response.IsProblemAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(["status", "title", "traceId", "type"], problem.EnumerateObject().Select(property => property.Name).Order());
    }

    [Fact]
    public async Task Tells_of_a_fault_of_ours_below_api_auth_in_the_words_of_its_contract()
    {
        var name = await app.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", app.PgBouncer.ConnectionString(name)));
        await using var database = await app.OpenDatabaseAsync(name);
        await database.ExecuteAsync("ALTER TABLE identity.accounts RENAME TO accounts_of_yesterday");
        using var nobody = app.NewClient(api);

        var response = await nobody.PostAsJsonAsync("/api/auth/sign-in/email", new { email = "ada@example.com", password = "correct horse" }, Cancelled);

        var error = await response.ReadAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(["code", "message", "traceId"], error.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal("INTERNAL_SERVER_ERROR", error.GetProperty("code").GetString());
    }
}
