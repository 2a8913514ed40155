using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace PromptStash.ArchitectureTests;

public sealed class MappingAnEndpoint(TheHosts hosts)
{
    [Fact]
    public void States_who_may_call_it_and_not_two_things_at_once() => Rule.HoldsFor(
        hosts.Endpoints,
        endpoint => endpoint.Metadata.OfType<IAuthorizeData>().Any() != endpoint.Metadata.OfType<IAllowAnonymous>().Any(),
        TheHosts.NameOf);

    [Fact]
    public void Of_the_api_names_and_summarises_it()
    {
        Rule.HoldsFor(hosts.Operations, operation => !string.IsNullOrWhiteSpace(NameOf(operation)), TheHosts.NameOf);
        Rule.HoldsFor(
            hosts.Operations,
            operation => !string.IsNullOrWhiteSpace(operation.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary),
            TheHosts.NameOf);
    }

    [Fact]
    public void Of_the_api_names_it_like_the_class_that_handles_it_and_like_no_other()
    {
        Assert.Distinct(hosts.Operations.Select(NameOf), StringComparer.OrdinalIgnoreCase);
        Rule.HoldsFor(
            hosts.Operations,
            operation => NameOf(operation) == OutermostTypeOf(HandlerOf(operation))?.Name,
            operation => $"{TheHosts.NameOf(operation)} is named {NameOf(operation)} and handled by {HandlerOf(operation)?.DeclaringType}.");
    }

    [Fact]
    public void Of_the_api_lets_its_caller_give_up() => Rule.HoldsFor(
        hosts.Operations,
        operation => HandlerOf(operation) is { } handler
            && (!IsAwaited(handler.ReturnType) || handler.GetParameters().Any(parameter => parameter.ParameterType == typeof(CancellationToken))),
        TheHosts.NameOf);

    private static string? NameOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

    private static MethodInfo? HandlerOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<MethodInfo>();

    private static bool IsAwaited(Type type) => type.GetMethod(nameof(Task.GetAwaiter)) is not null;

    /// <summary>A lambda's type is one that the compiler made inside the class.</summary>
    private static Type? OutermostTypeOf(MethodInfo? method)
    {
        var type = method?.DeclaringType;
        while (type?.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }
}
