using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Sessions;

/// <summary>The body of an operation that takes none; whatever it holds is ignored, but it has to be JSON.</summary>
internal sealed record NoFields : IAuthRequest<NoFields>
{
    public static bool IsOptional => true;

    public static NoFields Read(BodyReader body) => new();
}

internal static class SignOut
{
    public static void MapSignOut(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/sign-out", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(SignOut))
            .WithSummary("End the session that the request carries; always succeeds")
            .WithResponseExample(SuccessAnswer.Done);

    private static async Task<Ok<SuccessAnswer>> HandleAsync(
        AuthBody<NoFields> body,
        HttpContext context,
        IdentityDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (SecretCookie.Session.Read(context.Request) is { } secret)
        {
            // By the secret, not by the session found for it: one that is over goes too.
            var token = Secret.Hash(secret);
            await db.Sessions.Where(s => s.Token == token).ExecuteDeleteAsync(cancellationToken);
            if (context.GetSession() is { } session)
            {
                db.AddSuccess(AuditTypes.SignOut, session.User.Id, context, time.GetUtcNow());
                await db.SaveChangesAsync(cancellationToken);
            }
        }

        SecretCookie.Session.Clear(context);

        return TypedResults.Ok(SuccessAnswer.Done);
    }
}
