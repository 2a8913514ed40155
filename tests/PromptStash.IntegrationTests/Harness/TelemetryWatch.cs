using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PromptStash.Identity;
using PromptStash.ServiceDefaults;

namespace PromptStash.IntegrationTests;

/// <summary>
/// Looks through all that the APIs of a run tell of themselves, in spans, metrics and lines of the log, for anything that was sent to them or
/// that they handed out. What is told is looked at a while later, when all secrets of its request are known. What stands in the product's own
/// assemblies, such as a finding's code that a client sends back, is no secret, unless it was sent as one.
/// </summary>
internal sealed class TelemetryWatch : IDisposable
{
    private const int Delay = 20_000;
    private const int MostSeen = 50_000;
    private const int MostLeaks = 20;
    private const string Driver = "Npgsql";

    private readonly Func<string, bool> _isWatched;
    private readonly ActivityListener _spans;
    private readonly MeterListener _metrics = new();
    private readonly Queue<(string Where, string Text)> _waiting = new();
    private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _leaks = new(StringComparer.Ordinal);

    /// <summary>Watches the sources and meters with these names.</summary>
    public TelemetryWatch(Func<string, bool> isWatched)
    {
        _isWatched = isWatched;
        _spans = new ActivityListener
        {
            ShouldListenTo = source => _isWatched(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = See,
        };
        ActivitySource.AddActivityListener(_spans);
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (_isWatched(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _metrics.SetMeasurementEventCallback<int>((instrument, _, tags, _) => See(instrument, tags));
        _metrics.SetMeasurementEventCallback<long>((instrument, _, tags, _) => See(instrument, tags));
        _metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) => See(instrument, tags));
        _metrics.Start();
    }

    /// <summary>What must not be told.</summary>
    public SecretIndex Secrets { get; } = new();

    /// <summary>What the API exports: its own, the framework's and the database driver's.</summary>
    public static bool IsExported(string name) => name == Driver || name.StartsWith("PromptStash.", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal);

    /// <summary>Notes what is sent to a host, and watches its log.</summary>
    public void Watch(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IStartupFilter>(new RequestSecrets(Secrets));
        builder.Logging.AddProvider(new WatchedLog(this));
    }

    /// <summary>Looks at what a process printed; what was sent to it is known only where a host of this process was sent the same.</summary>
    public void LookAtPrinted(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            See("line of a process", line);
        }
    }

    /// <summary>What was told that must not be: where, and what.</summary>
    public IReadOnlyCollection<string> FindLeaks()
    {
        lock (_waiting)
        {
            while (_waiting.TryDequeue(out var told))
            {
                Look(told.Where, told.Text);
            }
        }

        return [.. _leaks.Keys];
    }

    public void Dispose()
    {
        _spans.Dispose();
        _metrics.Dispose();
    }

    private void See(Activity span)
    {
        // Tests ask the database themselves, too, in words of their own.
        if (span.Source.Name == Driver && span.GetTagItem("db.npgsql.data_source") as string != DatabaseConnection.Name)
        {
            return;
        }

        See($"span {span.OperationName}", span.DisplayName);
        See($"status of span {span.OperationName}", span.StatusDescription);
        SeeTags($"span {span.OperationName}", span.TagObjects);
        foreach (var happening in span.Events)
        {
            SeeTags($"event {happening.Name} of span {span.OperationName}", happening.Tags);
        }
    }

    private void See(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            See($"metric {instrument.Name}, {tag.Key}", tag.Value?.ToString());
        }
    }

    private void SeeTags(string where, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        // The name by which a client calls the host is no secret, and stands in some of the texts that are sent.
        foreach (var tag in tags.Where(tag => tag.Key != "server.address"))
        {
            See($"{where}, {tag.Key}", tag.Value?.ToString());
        }
    }

    private void See(string where, string? text)
    {
        // Statements and labels are the same again and again.
        if (text is null || text.Length < SecretIndex.Shortest || !_seen.TryAdd(text, 0))
        {
            return;
        }

        if (_seen.Count > MostSeen)
        {
            _seen.Clear();
        }

        lock (_waiting)
        {
            _waiting.Enqueue((where, text));
            if (_waiting.Count > Delay && _waiting.TryDequeue(out var told))
            {
                Look(told.Where, told.Text);
            }
        }
    }

    private void Look(string where, string text)
    {
        if (_leaks.Count < MostLeaks && Secrets.FindIn(text, OwnWords.Hold) is { } secret)
        {
            _leaks.TryAdd($"{where} holds '{secret}': {text}", 0);
        }
    }

    /// <summary>The lines of one host, with their fields and scopes.</summary>
    private sealed class WatchedLog(TelemetryWatch watch) : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        // Not exported: it is for the eyes at the console.
        public ILogger CreateLogger(string categoryName) => categoryName == IdentityModule.MailPickupLog ? NullLogger.Instance : new Line(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public void Dispose()
        {
        }

        private void See(string category, string message, object? state, Exception? exception)
        {
            watch.See($"log {category}", message);
            watch.See($"exception in log {category}", exception?.ToString());
            if (state is IEnumerable<KeyValuePair<string, object?>> fields)
            {
                watch.SeeTags($"log {category}", fields);
            }

            _scopes.ForEachScope((scope, log) => log.See($"scope in log {category}", scope as string ?? Describe(scope)), watch);
        }

        private static string? Describe(object? scope) => scope is IEnumerable<KeyValuePair<string, object?>> fields
            ? string.Join(' ', fields.Select(field => $"{field.Key}={field.Value}"))
            : scope?.ToString();

        private sealed class Line(WatchedLog log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => log._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                log.See(category, formatter(state, exception), state, exception);
        }
    }
}
