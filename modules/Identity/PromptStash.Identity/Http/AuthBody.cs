using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace PromptStash.Identity.Http;

/// <summary>A request body that reads itself, so that its errors can be told in Better Auth's words.</summary>
internal interface IAuthRequest<out TSelf>
{
    /// <summary>Whether an HTML form may send it too.</summary>
    static virtual bool AcceptsForm => false;

    /// <summary>Whether it may be left out, because none of its fields has to be there.</summary>
    static virtual bool IsOptional => false;

    /// <summary>Reads the fields; what is wrong with them is noted in <paramref name="body"/>, and the result is then not used.</summary>
    static abstract TSelf Read(BodyReader body);
}

/// <summary>A body that was read, well or not.</summary>
internal interface IAuthBody
{
    AuthErrorResult? Error { get; }
}

/// <summary>
/// Binds <typeparamref name="TRequest"/> from JSON (or a form). A handler only ever sees a valid one: <see cref="AuthEndpointFilter"/>
/// answers the others.
/// </summary>
internal sealed class AuthBody<TRequest> : IAuthBody, IBindableFromHttpContext<AuthBody<TRequest>>, IEndpointParameterMetadataProvider
    where TRequest : class, IAuthRequest<TRequest>
{
    private readonly TRequest? _value;

    private AuthBody(TRequest? value, AuthErrorResult? error)
    {
        _value = value;
        Error = error;
    }

    public TRequest Value => _value ?? throw new InvalidOperationException("The body is not valid; the endpoint lacks the AuthEndpointFilter.");

    public AuthErrorResult? Error { get; }

    public static async ValueTask<AuthBody<TRequest>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (fields, error) = await BodyReader.ReadFieldsAsync(context.Request, TRequest.AcceptsForm, context.RequestAborted);
        if (error is not null)
        {
            return new AuthBody<TRequest>(null, error);
        }

        var reader = new BodyReader(fields);
        try
        {
            var value = TRequest.Read(reader);

            return reader.Error is { } invalid ? new AuthBody<TRequest>(null, invalid) : new AuthBody<TRequest>(value, null);
        }
        catch (InvalidOperationException)
        {
            // JSON may spell half a character, such as "\ud800", which is no text; the reader finds that only when it is asked for the text.
            return new AuthBody<TRequest>(null, new AuthErrorResult(StatusCodes.Status400BadRequest, "VALIDATION_ERROR", "Invalid input: the text is not valid Unicode"));
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string[] types = TRequest.AcceptsForm
            ? [BodyReader.Json, BodyReader.Form]
            : [BodyReader.Json];
        builder.Metadata.Add(new AcceptsMetadata(types, typeof(TRequest), TRequest.IsOptional));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(AuthError), [BodyReader.Json]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status415UnsupportedMediaType, typeof(AuthError), [BodyReader.Json]));
    }
}
