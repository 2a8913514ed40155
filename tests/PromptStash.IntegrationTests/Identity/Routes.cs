using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>A route as the API itself knows it.</summary>
public sealed class Route(RouteEndpoint endpoint, string method)
{
    public HttpMethod Method => HttpMethod.Parse(method);

    public bool IsSafe => method is "GET" or "HEAD" or "OPTIONS";

    /// <summary>The types of the body that it takes; none when it takes no body.</summary>
    public IReadOnlyList<string> BodyTypes => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [];

    public bool NeedsSession =>
        endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    public bool IsBelow(string path) => Pattern.StartsWith(path, StringComparison.Ordinal);

    private string Pattern => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    /// <summary>The path for this stash and file; other parameters get something that is not there.</summary>
    public string Path(Guid stash, Guid file) => string.Join('/', Pattern.Split('/').Select(part => !part.StartsWith('{') ? part
        : part.StartsWith("{stashId", StringComparison.Ordinal) ? $"{stash}"
        : part.StartsWith("{fileId", StringComparison.Ordinal) ? $"{file}"
        : part.Contains(":int", StringComparison.Ordinal) || part.StartsWith("{version", StringComparison.Ordinal) ? "1"
        : "0199a1b2-0000-7000-8000-000000000001"));

    /// <summary>A body of a type that it takes, with every field that any of the routes asks for.</summary>
    public HttpContent? NewBody() => IsSafe || BodyTypes.Count == 0 ? null : NewBody(BodyTypes[0]);

    public static HttpContent NewBody(string type)
    {
        var content = new StringContent("""{"name":"x","email":"x@example.com","password":"x","token":"x","code":"x","path":"x","content":"x"}""");
        content.Headers.ContentType = new(type);

        return content;
    }

    public override string ToString() => $"{method} {Pattern}";
}

internal static class Routes
{
    /// <summary>Every route of the API, once for each method.</summary>
    public static List<Route> Of(WebApplication api) =>
        [.. api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => new Route(endpoint, method)))];
}
