using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace PromptStash.Api.OpenApi;

/// <summary>What any operation may answer, whatever it does, and so no slice says; and what an error answer looks like.</summary>
internal static class CommonAnswers
{
    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [400] = "The request breaks a rule; the answer says which.",
        [401] = "Nobody is signed in.",
        [403] = "A page of another site made a browser send this.",
        [404] = "There is no such thing, or it is somebody else's.",
        [409] = "Something is in the way; the answer says what.",
        [412] = "It has changed since it was read; nothing was changed.",
        [413] = "The body is larger than this operation takes.",
        [415] = "The body is of another content type.",
        [422] = "The Idempotency-Key was used for a different request, or the file has errors and `strict` was asked for.",
        [428] = "If-Match is missing.",
        [429] = "Too many requests; Retry-After tells when to try again.",
        [500] = "A fault of ours; the traceId finds it in the log.",
        [503] = "The database does not answer; Retry-After tells when to try again.",
        [507] = "The database's disk is full; nothing was changed.",
    };

    public static async Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Responses ??= [];
        foreach (var status in StatusesOf(operation, context))
        {
            operation.Responses.TryAdd($"{status}", new OpenApiResponse());
        }

        // An operation that says how its own 500 looks has errors of a shape of its own (/api/auth); all others have problem documents.
        var content = (operation.Responses["500"] as OpenApiResponse)?.Content is { Count: > 0 } own ? own : await ProblemAsync(context, cancellationToken);
        foreach (var (key, answer) in operation.Responses.ToList())
        {
            if (answer is OpenApiResponse response && int.Parse(key, System.Globalization.CultureInfo.InvariantCulture) is >= 400 and var status)
            {
                Complete(response, status, content);
            }
        }

        DescribeVersions(operation);
        operation.Responses = Sorted(operation.Responses);
    }

    private static IEnumerable<int> StatusesOf(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var changes = context.Description.HttpMethod is not ("GET" or "HEAD");

        // A value in the path that cannot be read is another path: 404.
        if (operation.RequestBody is not null || operation.Parameters?.Any(parameter => parameter.In != ParameterLocation.Path) is true)
        {
            yield return 400;
        }

        if (metadata.OfType<IAuthorizeData>().Any())
        {
            yield return 401;
        }

        if (operation.RequestBody is not null)
        {
            if (metadata.OfType<IRequestSizeLimitMetadata>().LastOrDefault() is null or { MaxRequestBodySize: not null })
            {
                yield return 413;
            }

            yield return 415;
        }

        if (changes)
        {
            yield return 403;
            yield return 507;
        }

        yield return 429;
        yield return 500;
        yield return 503;
    }

    private static void Complete(OpenApiResponse response, int status, IDictionary<string, OpenApiMediaType> content)
    {
        if (string.IsNullOrEmpty(response.Description) || response.Description == ReasonPhrases.GetReasonPhrase(status))
        {
            response.Description = Descriptions.GetValueOrDefault(status, ReasonPhrases.GetReasonPhrase(status));
        }

        if (response.Content is not { Count: > 0 })
        {
            response.Content = content.ToDictionary(pair => pair.Key, pair => new OpenApiMediaType { Schema = pair.Value.Schema });
        }

        if (response.Content.TryGetValue("application/problem+json", out var problem) && problem is { Example: null })
        {
            problem.Example = Example(status);
        }

        if (status is 429 or 503)
        {
            AddHeader(response, "Retry-After", JsonSchemaType.Integer, "Seconds to wait.");
        }
    }

    /// <summary>Operations that answer 304 or 412 compare versions: the version is in ETag, and 304 is the answer to If-None-Match.</summary>
    private static void DescribeVersions(OpenApiOperation operation)
    {
        if (operation.Responses!.ContainsKey("304"))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "If-None-Match",
                In = ParameterLocation.Header,
                Description = "The version that is at hand, such as \"v7\": answered with 304 and no body while it is the current one.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (operation.Responses.ContainsKey("304") || operation.Responses.ContainsKey("412"))
        {
            foreach (var response in (string[])["200", "304", "412"])
            {
                AddHeader(operation.Responses.GetValueOrDefault(response) as OpenApiResponse, "ETag", JsonSchemaType.String, "The current version, such as \"v7\".");
            }
        }
    }

    private static void AddHeader(OpenApiResponse? response, string name, JsonSchemaType type, string description)
    {
        if (response is not null)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } };
        }
    }

    private static async Task<IDictionary<string, OpenApiMediaType>> ProblemAsync(
        OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), parameterDescription: null, cancellationToken);
        context.Document!.AddComponent(nameof(ProblemDetails), schema);

        return new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) },
        };
    }

    private static JsonObject Example(int status) => new()
    {
        ["title"] = ReasonPhrases.GetReasonPhrase(status),
        ["status"] = status,
        ["traceId"] = "00-7453cc826e03c588099a0c0721acbc5b-f5851a4040b314db-01",
    };

    private static OpenApiResponses Sorted(OpenApiResponses responses)
    {
        var sorted = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            sorted[status] = response;
        }

        return sorted;
    }
}
