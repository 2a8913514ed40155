using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;

namespace PromptStash.ArchitectureTests;

/// <summary>
/// The generator behind AddValidation() leaves a request out without a word when the module does not call it, or the record is internal,
/// or the project lacks the framework reference.
/// </summary>
public sealed class SendingABody(TheHosts hosts)
{
    /// <summary>What operations read from JSON, but for bodies that read themselves.</summary>
    private IEnumerable<Body> Bodies =>
        from operation in hosts.Operations
        from accepts in operation.Metadata.OfType<IAcceptsMetadata>()
        where accepts.ContentTypes.Any(type => type.Contains("json", StringComparison.OrdinalIgnoreCase)) && !ReadsItself(operation, accepts.RequestType)
        select new Body(operation.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName, accepts.RequestType ?? typeof(object));

    [Fact]
    public void As_json_is_a_public_sealed_record_named_like_its_operation()
    {
        Rule.HoldsFor(Bodies, body => body.Type is { IsPublic: true, IsSealed: true } && IsRecord(body.Type) && body.Type.Name == body.Operation + "Request");
    }

    [Fact]
    public void As_json_is_validated()
    {
        var validation = hosts.Api.GetRequiredService<IOptions<ValidationOptions>>().Value;

        Rule.HoldsFor(Bodies, body => validation.TryGetValidatableTypeInfo(body.Type, out _));
    }

    [Fact]
    public void That_a_module_declares_is_one_that_an_operation_reads()
    {
        var declared = Repository.Modules.SelectMany(module => module.Types).Where(type => type.IsPublic && type.Name.EndsWith("Request", StringComparison.Ordinal));
        var read = Bodies.Select(body => body.Type).ToHashSet();

        Rule.HoldsFor(declared, read.Contains);
    }

    /// <summary>A parameter that binds itself from the request also checks itself, and answers what is wrong in its own words.</summary>
    private static bool ReadsItself(Endpoint operation, Type? request) => request is not null
        && operation.Metadata.GetMetadata<MethodInfo>()?.GetParameters().Any(parameter =>
            parameter.ParameterType.IsGenericType
            && parameter.ParameterType.GetGenericArguments().Contains(request)
            && parameter.ParameterType.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IBindableFromHttpContext<>))) is true;

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private sealed record Body(string? Operation, Type Type);
}
