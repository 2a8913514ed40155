using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>An operation.</summary>
internal sealed class MatrixRoute(RouteEndpoint endpoint)
{
    /// <summary>Stands for the body of an import.</summary>
    public static readonly object Archive = new();

    public string Name => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName;

    public HttpMethod Method => HttpMethod.Parse(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]);

    private string Pattern => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    /// <summary>Whether a parameter has this name.</summary>
    public bool Names(string parameter) => endpoint.RoutePattern.Parameters.Any(p => p.Name == parameter);

    /// <summary>All that name a thing in their address.</summary>
    public static List<MatrixRoute> AllThatName(WebApplication api) => [.. Every(api).Where(route => route.IsBelow("/api/") && route.Pattern.Contains('{', StringComparison.Ordinal))];

    /// <summary>All below <c>/api/v1</c>, whether they name a thing or not.</summary>
    public static List<MatrixRoute> All(WebApplication api) => [.. Every(api).Where(route => route.IsBelow("/api/v1/"))];

    private bool IsBelow(string prefix) => Pattern.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>All that there are.</summary>
    public static IEnumerable<MatrixRoute> Every(WebApplication api) =>
        api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
            .Select(endpoint => new MatrixRoute(endpoint));

    /// <summary>Where a request can carry ids beside its address: parameters of the query, and properties of the body.</summary>
    public IEnumerable<string> IdsBesideTheAddress() =>
        (endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
            .Where(parameter => !Names(parameter.Name!))
            .SelectMany(parameter => IdsIn(parameter.Name!, parameter.ParameterType));

    private static IEnumerable<string> IdsIn(string name, Type type) =>
        type == typeof(Guid) || type == typeof(Guid?) || typeof(IEnumerable<Guid>).IsAssignableFrom(type) ? [name]
        : type.Namespace?.StartsWith(nameof(PromptStash), StringComparison.Ordinal) == true && type is { IsPublic: true, IsEnum: false, IsInterface: false }
            ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .SelectMany(property => IdsIn(JsonNamingPolicy.CamelCase.ConvertName(property.Name), property.PropertyType))
        : typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && type is { IsGenericType: true }
            ? type.GetGenericArguments().SelectMany(item => IdsIn(name, item))
        : [];

    /// <summary>The request for these things, by the names of the route's parameters; in a body they stand in braces.</summary>
    public HttpRequestMessage Request(IReadOnlyDictionary<string, string> things, object? body, string query, string? ifMatch)
    {
        var path = string.Join('/', Pattern.Split('/').Select(part => !part.StartsWith('{') ? part : things[part.Trim('{', '}', '*').Split(':')[0]]));
        var request = new HttpRequestMessage(Method, path + Filled(query));
        if (body is not null)
        {
            request.Content = ReferenceEquals(body, Archive)
                ? new ByteArrayContent(StashClient.Zip(("imported.md", "x"))) { Headers = { ContentType = new("application/zip") } }
                : new StringContent(Filled(JsonSerializer.Serialize(body)), System.Text.Encoding.UTF8, "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return request;

        string Filled(string text) => things.Aggregate(text, (filled, thing) => filled.Replace($"{{{thing.Key}}}", thing.Value, StringComparison.Ordinal));
    }
}
