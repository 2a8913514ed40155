using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace PromptStash.IntegrationTests.Telemetry;

/// <summary>An API whose spans and log records are kept, as an exporter gets them.</summary>
internal sealed class TracedApi : IAsyncDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<KeptLog> _logs = new();

    public WebApplication Api { get; private set; } = null!;

    public static async Task<TracedApi> StartAsync(PromptStashApp app, params (string Key, string Value)[] settings)
    {
        var traced = new TracedApi();
        traced.Api = await app.StartApiAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(app.Time);

                // The harness takes away all that writes logs.
                builder.Logging.AddOpenTelemetry();
                builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SpanKeeper(traced._spans)));
                builder.Services.ConfigureOpenTelemetryLoggerProvider(logging => logging.AddProcessor(new LogKeeper(traced._logs)));
            },
            settings);

        return traced;
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();

    /// <summary>All spans of a request, which has ended when its own span has.</summary>
    public async Task<List<Activity>> SpansOfAsync(ActivityTraceId trace)
    {
        await Eventually.TrueAsync(
            () => Task.FromResult(_spans.Any(span => span.TraceId == trace && span.Kind == ActivityKind.Server)), "the request's span has ended");

        return [.. _spans.Where(span => span.TraceId == trace)];
    }

    /// <summary>The first span like this one.</summary>
    public async Task<Activity> SpanAsync(Func<Activity, bool> like, string what)
    {
        Activity? found = null;
        await Eventually.TrueAsync(() => Task.FromResult((found = _spans.FirstOrDefault(like)) is not null), what);

        return found!;
    }

    public List<Activity> ChildrenOf(Activity parent) => [.. _spans.Where(span => span.ParentSpanId == parent.SpanId)];

    public Task LoggedAsync(Func<KeptLog, bool> like, string what) => Eventually.TrueAsync(() => Task.FromResult(_logs.Any(like)), what);

    private sealed class SpanKeeper(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }

    private sealed class LogKeeper(ConcurrentQueue<KeptLog> logs) : BaseProcessor<LogRecord>
    {
        // The record is used again for the next line.
        public override void OnEnd(LogRecord data) => logs.Enqueue(new(data.CategoryName ?? "", data.FormattedMessage ?? "", data.TraceId));
    }
}

/// <summary>What was logged.</summary>
internal sealed record KeptLog(string Category, string Message, ActivityTraceId Trace);

/// <summary>Requests that can be found again.</summary>
internal static class TracedRequests
{
    /// <summary>Sends a request under a trace of its own.</summary>
    public static async Task<(HttpResponseMessage Response, ActivityTraceId Trace)> SendTracedAsync(
        this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        return (await client.SendAsync(request, TestContext.Current.CancellationToken), trace);
    }

    public static string? Tag(this Activity span, string name) => span.GetTagItem(name)?.ToString();
}
