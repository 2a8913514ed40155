namespace PromptStash.Identity;

/// <summary>The service is there.</summary>
internal sealed record OkAnswer(bool Ok);

internal static class AuthOk
{
    public static void MapAuthOk(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/ok", () => TypedResults.Ok(new OkAnswer(true)))
            .AllowAnonymous()
            .WithName(nameof(AuthOk))
            .WithSummary("Tell that the authentication service answers")
            .WithResponseExample(new OkAnswer(true));
}
