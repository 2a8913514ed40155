using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace PromptStash.ServiceDefaults;

/// <summary>What every PromptStash process has: telemetry and health.</summary>
public static class ServiceDefaultsExtensions
{
    private const string ReadyTag = "ready";

    /// <summary>The sources of spans and the meters of all modules; a new module's are among them by their names.</summary>
    private const string OwnNames = "PromptStash.*";

    /// <summary>Adds traces, metrics and logs (sent to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> where that is set) and the health checks.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(OwnNames)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddNpgsqlInstrumentation())
            .WithTracing(tracing => tracing
                .AddSource(OwnNames)
                .AddAspNetCoreInstrumentation(options =>
                {
                    options.Filter = context => !IsProbe(context.Request.Path);
                    options.EnrichWithHttpResponse = NameByRoute;
                })
                .AddNpgsql());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }

        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealthCheck>("database", tags: [ReadyTag], timeout: TimeSpan.FromSeconds(5));

        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (ready for requests: database and migrations; 503 otherwise) and <c>/alive</c> (the process answers; no database,
    /// so that an orchestrator does not restart healthy processes because the database is away). Both are open and hold no secret, and
    /// they come before authentication and rate limits: whoever asks with a session's cookie needs no look into the database for it.
    /// </summary>
    public static void MapHealthEndpoints(this WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(ReadyTag),
            ResponseWriter = WriteAsync,
        }).AllowAnonymous().ShortCircuit();

        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = _ => false,
            ResponseWriter = WriteAsync,
        }).AllowAnonymous().ShortCircuit();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(
                entry => entry.Key,
                entry => new { status = entry.Value.Status.ToString(), description = entry.Value.Description }),
        },
        context.RequestAborted);

    /// <summary>
    /// The route in place of the path, which may hold the token of a link; also where there is no route, since a mistyped address of a link
    /// holds one too.
    /// </summary>
    private static void NameByRoute(Activity activity, HttpResponse response)
    {
        // After an exception the endpoint is only in the handler's feature.
        var http = response.HttpContext;
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        activity.SetTag("url.path", (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(none)");
    }

    private static bool IsProbe(PathString path) => path == "/health" || path == "/alive";
}
