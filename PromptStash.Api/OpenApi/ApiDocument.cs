using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using PromptStash.BuildingBlocks;
using Scalar.AspNetCore;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace PromptStash.Api.OpenApi;

/// <summary>The OpenAPI document of the whole house, <c>/openapi/v1.json</c>, and its reference page, <c>/scalar</c>.</summary>
internal static class ApiDocument
{
    private const string SessionScheme = "session";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "PromptStash",
                Version = "v1",
                Description =
                    "Keeps the files that drive coding agents (agents, skills, commands, hooks, MCP configurations, sessions) in stashes with immutable versions. "
                    + "Errors are RFC 9457 problem documents with a traceId; below /api/auth they are {message, code}. Lists are {items, next}; pass next as ?after=.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };

            // The framework would write the Host of whoever asked first; the document is about wherever it was got from.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [SessionScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Cookie,
                    Name = "promptstash.session_token",
                    Description = "Set by POST /api/auth/sign-in/email; over https its name is __Host-promptstash.session_token.",
                },
            };

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type.IsAssignableTo(typeof(ProblemDetails)) && context.JsonPropertyInfo is null)
            {
                schema.Properties?.TryAdd("traceId", new OpenApiSchema { Type = JsonSchemaType.String, Description = "Where to look in the logs." });
            }

            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference(options => options
            .WithTitle("PromptStash API")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()).AllowAnonymous();

        // Whoever calls the address as it is finds something.
        app.MapGet("/", () => TypedResults.Redirect("/scalar")).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

        DescribePathParameters(operation);
        await CommonAnswers.AddAsync(operation, context, cancellationToken);
        foreach (var example in metadata.OfType<ApiExample>())
        {
            AddExample(operation, example, json);
        }

        if (metadata.OfType<IAuthorizeData>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SessionScheme, context.Document)] = [] }];
        }
    }

    private static void DescribePathParameters(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter is { In: ParameterLocation.Path, Description: null or "", Name: [.. var thing, 'I', 'd'] })
            {
                parameter.Description = $"The id of the {thing}.";
            }
        }
    }

    private static void AddExample(OpenApiOperation operation, ApiExample example, JsonSerializerOptions json)
    {
        var content = example.StatusCode is { } status
            ? operation.Responses?.GetValueOrDefault(status.ToString(System.Globalization.CultureInfo.InvariantCulture))?.Content
            : operation.RequestBody?.Content;
        foreach (var mediaType in content?.Values.OfType<OpenApiMediaType>() ?? [])
        {
            mediaType.Example = JsonSerializer.SerializeToNode(example.Value, example.Value.GetType(), json);
        }
    }
}
