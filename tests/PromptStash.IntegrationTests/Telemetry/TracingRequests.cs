using System.Diagnostics;
using PromptStash.IntegrationTests.Identity;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Telemetry;

/// <summary>A trace goes from the request to the statements, and on to what the request caused.</summary>
public sealed class TracingRequests(PromptStashApp app)
{
    private const string Statements = "PromptStash.Database";

    [Fact]
    public async Task Shows_the_statements_below_the_request_with_the_name_of_its_operation()
    {
        await using var traced = await TracedApi.StartAsync(app);
        var (request, statements) = await CreateFileAsync(traced);

        Assert.NotEmpty(statements);
        Assert.All(statements, statement => Assert.Equal((request.SpanId, "CreateFile"), (statement.ParentSpanId, statement.Tag("promptstash.operation"))));
    }

    [Fact]
    public async Task Shows_statements_with_placeholders_in_place_of_what_was_sent()
    {
        await using var traced = await TracedApi.StartAsync(app);
        var (_, statements) = await CreateFileAsync(traced);

        Assert.Contains(statements, statement => statement.Tag("db.query.text")!.Contains("INSERT INTO stashes.files", StringComparison.Ordinal)
            && statement.Tag("db.query.text")!.Contains("@p0", StringComparison.Ordinal));
        Assert.DoesNotContain(statements, statement => statement.Tag("db.query.text")!.Contains("traced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_how_many_rows_a_statement_read()
    {
        await using var traced = await TracedApi.StartAsync(app);
        using var ada = await app.SignInAsync(traced.Api);
        var stash = await ada.DefaultStashAsync();
        for (var number = 0; number < 3; number++)
        {
            await ada.CreateFileAsync(stash, $"{number}.md", "x");
        }

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Get, $"/api/v1/stashes/{stash}/files");

        var rows = (await traced.SpansOfAsync(trace)).Where(span => span.Tag("db.query.text")?.Contains("FROM stashes.files", StringComparison.Ordinal) is true)
            .Select(span => span.Tag("db.response.returned_rows"));
        Assert.Contains("3", rows);
    }

    [Fact]
    public async Task Tells_how_many_rows_a_statement_changed()
    {
        await using var traced = await TracedApi.StartAsync(app);
        using var ada = await app.SignInAsync(traced.Api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "thrown away.md", "x");

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Delete, $"/api/v1/files/{file}");

        Assert.Contains(
            await traced.SpansOfAsync(trace),
            span => span.Tag("db.operation.name") == "UPDATE" && span.Tag("promptstash.affected_rows") == "1");
    }

    [Fact]
    public async Task Tells_the_kind_of_an_error_and_not_the_servers_words()
    {
        await using var traced = await TracedApi.StartAsync(app);
        using var ada = await app.SignInAsync(traced.Api);
        var stash = await ada.DefaultStashAsync();
        await ada.CreateFileAsync(stash, "twice.md", "x");

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Post, $"/api/v1/stashes/{stash}/files", new { path = "twice.md", content = "x" });

        var failed = Assert.Single(await traced.SpansOfAsync(trace), span => span.Source.Name == Statements && span.Status == ActivityStatusCode.Error);
        Assert.Equal(("23505", null), (failed.Tag("error.type"), failed.StatusDescription));
        Assert.Empty(failed.Events);
    }

    [Fact]
    public async Task Links_the_delivery_of_an_event_to_the_request_that_caused_it()
    {
        await using var traced = await TracedApi.StartAsync(app);
        using var ada = await app.SignInAsync(traced.Api);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "deleted.md", "x");
        await ada.LinkAsync("file", file);

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Delete, $"/api/v1/files/{file}");

        var delivery = await traced.SpanAsync(
            span => span.DisplayName == "deliver stashes.files-deleted.v1" && span.Links.Any(link => link.Context.TraceId == trace), "the event is delivered under a link");
        Assert.NotEqual(trace, delivery.TraceId);
        Assert.Contains(traced.ChildrenOf(delivery), span => span.Tag("db.query.text")?.Contains("sharing.file_shares", StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task Shows_the_sending_of_a_mail_in_the_delivery_that_sends_it()
    {
        await using var traced = await TracedApi.StartAsync(app);
        using var nobody = app.NewClient(traced.Api);

        var (_, trace) = await nobody.SendTracedAsync(
            HttpMethod.Post, "/api/auth/sign-up/email", new { name = "Ada", email = AuthClient.NewEmail("traced"), password = AuthClient.Password });

        var delivery = await traced.SpanAsync(span => span.Links.Any(link => link.Context.TraceId == trace), "the mail's event is delivered under a link");
        var mail = Assert.Single(traced.ChildrenOf(delivery), span => span.DisplayName == "send mail");
        Assert.Equal(ActivityKind.Client, mail.Kind);
    }

    [Fact]
    public async Task Gives_every_line_of_the_log_its_trace()
    {
        await using var traced = await TracedApi.StartAsync(app);
        using var ada = await app.SignInAsync(traced.Api);

        var (_, trace) = await ada.SendTracedAsync(HttpMethod.Get, "/api/v1/stashes");

        await traced.LoggedAsync(
            line => line.Trace == trace && line.Message.Contains("GET /api/v1/stashes", StringComparison.Ordinal), "the request is logged under its trace");
    }

    private async Task<(Activity Request, List<Activity> Statements)> CreateFileAsync(TracedApi traced)
    {
        using var ada = await app.SignInAsync(traced.Api);
        var stash = await ada.DefaultStashAsync();

        var (response, trace) = await ada.SendTracedAsync(HttpMethod.Post, $"/api/v1/stashes/{stash}/files", new { path = "traced/file.md", content = "traced text" });

        await response.ReadAsync(HttpStatusCode.Created);
        var spans = await traced.SpansOfAsync(trace);

        return (Assert.Single(spans, span => span.Kind == ActivityKind.Server), spans.FindAll(span => span.Source.Name == Statements));
    }
}
