using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using PromptStash.Api.Admin;
using PromptStash.Api.Errors;
using PromptStash.Api.Limits;
using PromptStash.Api.OpenApi;
using PromptStash.Identity;
using PromptStash.ServiceDefaults;
using PromptStash.Sharing;
using PromptStash.Stashes;

namespace PromptStash.Api;

/// <summary>Composes the modules into one process, one port, one OpenAPI document.</summary>
public static class ApiHost
{
    /// <summary>Builds the API without starting it.</summary>
    /// <param name="args">The command line: settings as <c>--Section:Name=value</c>.</param>
    /// <param name="configure">Settings of a program that runs the API inside itself.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        // First of all: a new source below the others makes the configuration read all of them again, and forget what was set by hand.
        builder.AddSecretFiles();

        // One line per request is ours (RequestLog); the framework would write four.
        builder.Configuration["Logging:LogLevel:Microsoft.AspNetCore"] ??= "Warning";

        // Its scope would put the path on every line of a request, and a path may hold the token of a link.
        builder.Configuration["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] ??= "None";
        builder.Configuration["Logging:LogLevel:Microsoft.EntityFrameworkCore"] ??= "Warning";
        builder.Configuration["Logging:LogLevel:Npgsql"] ??= "Warning";

        // Live links are for the eyes at the console, and go no further.
        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(IdentityModule.MailPickupLog, LogLevel.None);

        builder.AddServiceDefaults();
        builder.AddPromptStashDatabase();
        builder.AddPromptStashDatabaseMonitoring();
        builder.Services.AddSingleton<TimeProvider, DatabaseClock>();
        builder.Services.AddIdentityModule();
        builder.Services.AddStashesModule();
        builder.Services.AddSharingModule();
        AddWeb(builder);
        configure?.Invoke(builder);

        var app = builder.Build();

        // A database setting that is missing is told now, and not by every request.
        DatabaseConnection.GetConnectionString(app.Configuration, direct: false);
        UseWeb(app);

        app.MapIdentityEndpoints();
        var api = app.MapGroup("/api/v1");
        api.MapStashesEndpoints();
        api.MapSharingEndpoints();
        api.MapAdminEndpoints();
        app.MapHealthEndpoints();
        app.MapApiDocument();

        return app;
    }

    private static void AddWeb(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((kestrel, api) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = api.Value.MaxRequestBodyBytes;
        });
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<ApiOptions>>((host, api) => host.ShutdownTimeout = api.Value.ShutdownTimeout);
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ApiOptions>>((forwarded, api) =>
        {
            // Only from proxies that are named: anybody else could claim any address. Two empty lists would mean everybody to the framework.
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in api.Value.ProxyNetworks)
            {
                forwarded.KnownIPNetworks.Add(network);
            }

            forwarded.ForwardedHeaders = forwarded.KnownIPNetworks.Count > 0
                ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                : ForwardedHeaders.None;
        });

        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            // USER, OUTPUT_STYLE: the spellings of the database. Numbers are refused, because they would bypass the names.
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false));

            json.SerializerOptions.Converters.Add(new UtcTimeConverter());

            // Numbers are numbers; the framework would take "1" too and tell every client so in the document.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;

            // The answers are application/json with nosniff and never part of a page, so other scripts need no \u escapes.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });

        // The framework answers a bad request without a word, except in Development, where it throws; thrown everywhere, it can be explained.
        builder.Services.Configure<RouteHandlerOptions>(routing => routing.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ErrorAnswers.NameFieldsAsJson);
        builder.Services.AddExceptionHandler<UnhandledErrors>();
        builder.Services.AddResponseCompression(compression => compression.EnableForHttps = true);
        builder.Services.AddPromptStashRateLimiting();
        builder.Services.AddApiDocument();
        builder.Services.AddAdministration();
    }

    private static void UseWeb(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<RequestLog>();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });

        // An answer that holds a secret must not be compressed together with text that somebody else chose (BREACH).
        app.UseWhen(context => !context.Request.Path.StartsWithSegments(IdentityModule.AuthPath), rest => rest.UseResponseCompression());
        app.UseStatusCodePages(ErrorAnswers.DescribeAsync);
        app.UseRouting();
        app.UseCrossSiteRequestProtection();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
    }
}
