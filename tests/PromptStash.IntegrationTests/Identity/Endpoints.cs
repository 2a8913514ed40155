using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>All operations of an API, found by looking: a new one is tested without anybody thinking of it.</summary>
internal static class Endpoints
{
    private const string AnyId = "0199a1b2-0000-7000-8000-00000000ffff";

    public static List<(string Method, string Path, bool IsOpen)> All(WebApplication api) =>
    [
        .. from endpoint in api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           where endpoint.RoutePattern.RawText?.StartsWith("/api", StringComparison.Ordinal) is true
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           select (method, PathOf(endpoint), endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null),
    ];

    public static List<(string Method, string Path, bool IsOpen)> Closed(WebApplication api)
    {
        var closed = All(api).Where(endpoint => !endpoint.IsOpen).ToList();
        Assert.True(closed.Count > 20, "Nothing was found.");

        return closed;
    }

    public static List<(string Method, string Path, bool IsOpen)> Unsafe(WebApplication api) =>
        [.. All(api).Where(endpoint => !HttpMethods.IsGet(endpoint.Method) && !HttpMethods.IsHead(endpoint.Method))];

    /// <summary>An empty body of the type that the operation takes.</summary>
    public static HttpContent EmptyBody(string path) => path.EndsWith("/import", StringComparison.Ordinal)
        ? new ByteArrayContent([]) { Headers = { ContentType = new("application/zip") } }
        : JsonContent.Create(new { });

    private static string PathOf(RouteEndpoint endpoint) => string.Join('/', endpoint.RoutePattern.RawText!.Split('/').Select(segment =>
        !segment.StartsWith('{') ? segment
        : segment.Contains(":int", StringComparison.Ordinal) ? "1"
        : AnyId));
}
