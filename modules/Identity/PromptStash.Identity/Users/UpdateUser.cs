using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Users;

/// <summary>What to change; what is left out stays.</summary>
/// <param name="Name">How the user is shown.</param>
/// <param name="Image">The address of a picture, or null for none.</param>
internal sealed record UpdateUserRequest(string? Name, string? Image) : IAuthRequest<UpdateUserRequest>
{
    public static bool IsOptional => true;

    /// <summary>Whether the image is to be changed: null means none, and is not the same as nothing.</summary>
    internal bool HasImage { get; private init; }

    /// <summary>Whether an address was given, which takes change-email.</summary>
    internal bool HasEmail { get; private init; }

    public static UpdateUserRequest Read(BodyReader body) => new(
        body.Has("name") ? body.String("name", User.NameMaxLength) : null, body.OptionalString("image", User.ImageMaxLength))
    {
        HasImage = body.Has("image"),
        HasEmail = body.Has("email"),
    };
}

internal static class UpdateUser
{
    public static void MapUpdateUser(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/update-user", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(UpdateUser))
            .WithSummary("Change your name or picture")
            .WithRequestExample(new { name = "Ada King" })
            .WithResponseExample(StatusAnswer.Done)
            .ProducesErrors(StatusCodes.Status401Unauthorized);

    private static async Task<Results<Ok<StatusAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<UpdateUserRequest> body, HttpContext context, IdentityDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request.HasEmail)
        {
            return AuthErrors.EmailCanNotBeUpdated;
        }

        if (request.Name is null && !request.HasImage)
        {
            return AuthErrors.NoFieldsToUpdate;
        }

        var userId = context.GetRequiredSession().User.Id;
        var now = time.GetUtcNow();
        await db.Users.Where(u => u.Id == userId).ExecuteUpdateAsync(
            user =>
            {
                user.SetProperty(u => u.UpdatedAt, now);
                if (request.Name is not null)
                {
                    user.SetProperty(u => u.Name, request.Name);
                }

                if (request.HasImage)
                {
                    user.SetProperty(u => u.Image, request.Image);
                }
            },
            cancellationToken);
        db.AddSuccess(AuditTypes.UserUpdated, userId, context, now);
        await db.SaveChangesAsync(cancellationToken);

        return TypedResults.Ok(StatusAnswer.Done);
    }
}
