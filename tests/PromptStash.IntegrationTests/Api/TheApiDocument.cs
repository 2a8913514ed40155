namespace PromptStash.IntegrationTests.Api;

public sealed class TheApiDocument(PromptStashApp app)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_OpenAPI_3_1() =>
        Assert.StartsWith("3.1", (await ReadAsync()).GetProperty("openapi").GetString(), StringComparison.Ordinal);

    [Fact]
    public async Task Names_no_host_of_its_own()
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Host = "evil.example.com";

        Assert.DoesNotContain("evil.example.com", await client.GetStringAsync("/openapi/v1.json", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_every_operation_an_id_of_its_own()
    {
        var ids = (await OperationsAsync()).Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();

        Assert.Equal(ids.Distinct(), ids);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("tags")]
    [InlineData("responses")]
    public Task Gives_every_operation_its(string property) => AllAsync(operation => operation.TryGetProperty(property, out _));

    [Fact]
    public Task Describes_every_parameter() => AllAsync(operation =>
        Parameters(operation).TrueForAll(parameter => parameter.TryGetProperty("description", out var text) && text.GetString() is { Length: > 0 }));

    [Fact]
    public Task Describes_every_answer() => AllAsync(operation =>
        operation.GetProperty("responses").EnumerateObject().All(answer => answer.Value.GetProperty("description").GetString() is { Length: > 0 }));

    [Fact]
    public Task Says_that_everything_below_api_v1_needs_a_session() => AllAsync(
        operation => operation.TryGetProperty("security", out var security) && security.GetArrayLength() > 0, path => path.StartsWith("/api/v1/", StringComparison.Ordinal) && !IsOpen(path));

    [Fact]
    public Task Lets_everybody_sign_in_check_a_file_see_templates_and_open_a_link() => AllAsync(
        operation => !operation.TryGetProperty("security", out _), path => path is "/api/auth/sign-in/email" or "/api/auth/sign-up/email" or "/api/auth/ok" || IsOpen(path));

    [Fact]
    public async Task Names_the_cookie_that_a_session_is_in()
    {
        var scheme = (await ReadAsync()).GetProperty("components").GetProperty("securitySchemes").GetProperty("session");

        Assert.Equal(("apiKey", "cookie", "promptstash.session_token"), (
            scheme.GetProperty("type").GetString(), scheme.GetProperty("in").GetString(), scheme.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("503")]
    public Task Tells_of_every_operation_that_it_may_answer(string status) => AllAsync(operation => Answers(operation, status));

    [Fact]
    public Task Tells_of_every_operation_with_a_body_that_it_may_be_bad_or_of_another_type() => AllAsync(operation =>
        !operation.TryGetProperty("requestBody", out _) || (Answers(operation, "400") && Answers(operation, "415")));

    [Fact]
    public Task Tells_of_every_operation_with_a_JSON_body_that_it_may_be_too_large() => AllAsync(operation =>
        !operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out _) || Answers(operation, "413"));

    [Fact]
    public Task Tells_of_every_operation_that_needs_a_session_that_there_may_be_none() =>
        AllAsync(operation => operation.TryGetProperty("security", out _) == Answers(operation, "401"), path => path.StartsWith("/api/v1/", StringComparison.Ordinal) && !IsOpen(path));

    [Fact]
    public Task Tells_of_every_operation_on_one_thing_that_it_may_not_be_there() => AllAsync(
        operation => Parameters(operation).TrueForAll(parameter => parameter.GetProperty("in").GetString() != "path") || Answers(operation, "404"),
        path => path.StartsWith("/api/v1/", StringComparison.Ordinal));

    [Fact]
    public Task Does_not_tell_of_an_operation_without_anything_to_misread_that_it_may_be_misread() => AllAsync(operation =>
        operation.TryGetProperty("requestBody", out _) || Parameters(operation).Exists(parameter => parameter.GetProperty("in").GetString() != "path") || !Answers(operation, "400"));

    [Theory]
    [InlineData("post", "/api/v1/stashes", "201 400 401 403 409 413 415 422 429 500 503 507")]
    [InlineData("get", "/api/v1/stashes", "200 400 401 429 500 503")]
    [InlineData("get", "/api/v1/files/{fileId}", "200 304 400 401 404 429 500 503")]
    [InlineData("put", "/api/v1/files/{fileId}/content", "200 400 401 403 404 412 413 415 422 428 429 500 503 507")]
    [InlineData("delete", "/api/v1/files/{fileId}", "204 401 403 404 429 500 503 507")]
    public async Task Lists_every_status_of_an_operation(string method, string path, string statuses)
    {
        var operation = (await ReadAsync()).GetProperty("paths").GetProperty(path).GetProperty(method);

        Assert.Equal(statuses, string.Join(' ', operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Name)));
    }

    [Fact]
    public Task Shows_every_error_below_api_v1_as_a_problem_document() => AllAsync(
        operation => Errors(operation).All(error =>
            error.TryGetProperty("content", out var content)
            && content.EnumerateObject().Select(type => type.Name).SequenceEqual(["application/problem+json"])
            && SchemaOf(content, "application/problem+json") is "#/components/schemas/ProblemDetails" or "#/components/schemas/HttpValidationProblemDetails"
            && content.GetProperty("application/problem+json").TryGetProperty("example", out _)),
        path => path.StartsWith("/api/v1/", StringComparison.Ordinal));

    [Fact]
    public Task Shows_every_error_below_api_auth_as_the_contract_has_it() => AllAsync(
        operation => Errors(operation).All(error =>
            error.TryGetProperty("content", out var content) && SchemaOf(content, "application/json") == "#/components/schemas/AuthError"),
        path => path.StartsWith("/api/auth/", StringComparison.Ordinal));

    [Fact]
    public Task Tells_where_the_time_to_wait_is() => AllAsync(operation => ((string[])["429", "503"]).All(status =>
        operation.GetProperty("responses").GetProperty(status).TryGetProperty("headers", out var headers) && headers.TryGetProperty("Retry-After", out _)));

    [Theory]
    [InlineData("get", "/api/v1/files/{fileId}", "200 304")]
    [InlineData("get", "/api/v1/files/{fileId}/raw", "200 304")]
    [InlineData("put", "/api/v1/files/{fileId}/content", "200 412")]
    public async Task Tells_where_the_version_is(string method, string path, string statuses)
    {
        var answers = (await ReadAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");

        Assert.All(statuses.Split(' '), status => Assert.True(answers.GetProperty(status).GetProperty("headers").TryGetProperty("ETag", out _)));
    }

    [Fact]
    public Task Tells_how_to_ask_only_for_what_has_changed() => AllAsync(operation =>
        Answers(operation, "304") == Parameters(operation).Exists(parameter => parameter.GetProperty("name").GetString() == "If-None-Match"));

    [Theory]
    [InlineData("ProblemDetails")]
    [InlineData("HttpValidationProblemDetails")]
    public async Task Shows_the_trace_id_of_a(string schema) => Assert.True(
        (await ReadAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").TryGetProperty("traceId", out _));

    [Fact]
    public async Task Gives_every_JSON_request_body_that_has_fields_an_example()
    {
        var document = await ReadAsync();

        await AllAsync(operation =>
            !operation.TryGetProperty("requestBody", out var body)
            || !body.GetProperty("content").TryGetProperty("application/json", out var json)
            || json.TryGetProperty("example", out _)
            || !HasFields(document, json));
    }

    [Fact]
    public Task Gives_every_JSON_answer_an_example() => AllAsync(operation => operation.GetProperty("responses").EnumerateObject()
        .Where(answer => answer.Name.StartsWith('2') && answer.Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out _))
        .All(answer => answer.Value.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _)));

    [Fact]
    public async Task Has_numbers_that_are_only_numbers()
    {
        var text = (await ReadAsync()).GetRawText();

        Assert.DoesNotContain("\"integer\",\"string\"", text.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refers_to_nothing_that_is_not_in_it()
    {
        var document = await ReadAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => "#/components/schemas/" + schema.Name).ToHashSet();

        Assert.Empty(References(document).Except(schemas));
    }

    [Fact]
    public async Task Is_shown_by_a_page_that_loads_nothing_from_elsewhere()
    {
        using var client = app.NewClient();

        var page = await client.GetStringAsync("/scalar/", Cancelled);

        Assert.Contains("openapi/v1.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_shown_to_whoever_calls_the_address_as_it_is()
    {
        using var client = app.NewClient();

        var response = await client.GetAsync("/", Cancelled);

        Assert.Equal((HttpStatusCode.Redirect, "/scalar"), (response.StatusCode, response.Headers.Location?.OriginalString));
    }

    [Theory]
    [InlineData("scalar.js")]
    [InlineData("scalar.aspnetcore.js")]
    public async Task Is_shown_by_scripts_of_our_own(string script)
    {
        using var client = app.NewClient();

        var response = await client.GetAsync("/scalar/" + script, Cancelled);

        Assert.Equal((HttpStatusCode.OK, "text/javascript"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private async Task<JsonElement> ReadAsync()
    {
        using var client = app.NewClient();

        return await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancelled);
    }

    private async Task<List<(string Path, string Name, JsonElement Value)>> OperationsAsync()
    {
        var operations = (await ReadAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject()
                .Where(operation => Methods.Contains(operation.Name))
                .Select(operation => (path.Name, $"{operation.Name} {path.Name}", operation.Value)))
            .ToList();
        Assert.NotEmpty(operations);

        return operations;
    }

    /// <summary>Below the path of a link its token is what opens.</summary>
    private static bool IsOpen(string path) => path is "/api/v1/validate" or "/api/v1/templates" || path.StartsWith("/api/v1/shared/", StringComparison.Ordinal);

    /// <summary>Whether a rule holds for all operations; the message lists those that break it.</summary>
    private async Task AllAsync(Func<JsonElement, bool> rule, Func<string, bool>? where = null)
    {
        var operations = (await OperationsAsync()).Where(operation => where?.Invoke(operation.Path) is not false).ToList();

        Assert.NotEmpty(operations);
        Assert.Empty(operations.Where(operation => !rule(operation.Value)).Select(operation => operation.Name));
    }

    private static bool Answers(JsonElement operation, string status) => operation.GetProperty("responses").TryGetProperty(status, out _);

    private static IEnumerable<JsonElement> Errors(JsonElement operation) => operation.GetProperty("responses").EnumerateObject()
        .Where(answer => answer.Name[0] is '4' or '5')
        .Select(answer => answer.Value);

    private static List<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

    private static string? SchemaOf(JsonElement content, string mediaType) =>
        content.TryGetProperty(mediaType, out var type) && type.TryGetProperty("schema", out var schema) && schema.TryGetProperty("$ref", out var reference)
            ? reference.GetString()
            : null;

    private static bool HasFields(JsonElement document, JsonElement mediaType)
    {
        var schema = mediaType.GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        return schema.TryGetProperty("properties", out var properties) && properties.EnumerateObject().Any();
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
