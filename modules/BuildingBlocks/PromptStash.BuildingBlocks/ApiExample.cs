namespace PromptStash.BuildingBlocks;

/// <summary>An example that an endpoint gives of its own request or answer; the host puts it into the OpenAPI document.</summary>
/// <param name="StatusCode">The answer that it shows, or null for the request body.</param>
/// <param name="Value">Serialised as the API serialises everything else.</param>
public sealed record ApiExample(int? StatusCode, object Value);

/// <summary>Adds examples to endpoints.</summary>
public static class ApiExampleExtensions
{
    /// <summary>Shows a request body.</summary>
    public static RouteHandlerBuilder WithRequestExample(this RouteHandlerBuilder endpoint, object value) =>
        endpoint.WithMetadata(new ApiExample(StatusCode: null, value));

    /// <summary>Shows the answer with this status code.</summary>
    public static RouteHandlerBuilder WithResponseExample(this RouteHandlerBuilder endpoint, object value, int statusCode = StatusCodes.Status200OK) =>
        endpoint.WithMetadata(new ApiExample(statusCode, value));
}
