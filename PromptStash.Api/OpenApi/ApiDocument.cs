using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using PromptStash.BuildingBlocks;
using Scalar.AspNetCore;

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
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference(options => options
            .WithTitle("PromptStash API")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()).AllowAnonymous();
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

        AddCommonAnswers(operation, metadata);
        foreach (var example in metadata.OfType<ApiExample>())
        {
            AddExample(operation, example, json);
        }

        if (metadata.OfType<IAuthorizeData>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SessionScheme, context.Document)] = [] }];
        }

        return Task.CompletedTask;
    }

    /// <summary>What any operation may answer, whatever it does, and so no slice says.</summary>
    private static void AddCommonAnswers(OpenApiOperation operation, IList<object> metadata)
    {
        if (operation.RequestBody is not null)
        {
            Add("400", "The request breaks a rule; the answer says which.");
            Add("413", "The body is larger than this operation takes.");
            Add("415", "The body is of another content type.");
        }
        else if (operation.Parameters is { Count: > 0 })
        {
            Add("400", "The request breaks a rule; the answer says which.");
        }

        if (metadata.OfType<IAuthorizeData>().Any())
        {
            Add("401", "Nobody is signed in.");
        }

        Add("429", "Too many requests; Retry-After tells when to try again.");
        Add("500", "A fault of ours; the traceId finds it in the log.");
        Add("503", "The database does not answer; Retry-After tells when to try again.");

        void Add(string status, string description)
        {
            operation.Responses ??= [];
            if (!operation.Responses.TryGetValue(status, out var answer))
            {
                operation.Responses[status] = new OpenApiResponse { Description = description };
            }
            else if (answer is OpenApiResponse existing && existing.Description is null or { Length: 0 } or "Bad Request")
            {
                ((OpenApiResponse)answer).Description = description;
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
