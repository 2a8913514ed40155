using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.ApiTokens;

/// <summary>A token for a command line or an agent.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do: stashes:read, stashes:write.</param>
/// <param name="ExpiresAt">When it ends; at most a year from now.</param>
/// <param name="StashIds">The only stashes that it opens; left out for all.</param>
internal sealed record CreateApiTokenRequest(string Name, string[] Scopes, DateTimeOffset ExpiresAt, Guid[]? StashIds)
    : IAuthRequest<CreateApiTokenRequest>
{
    public static CreateApiTokenRequest Read(BodyReader body) => new(
        body.String("name", ApiToken.NameMaxLength),
        body.Choices("scopes", ApiTokenScopes.All),
        body.Time("expiresAt"),
        body.OptionalIds("stashIds", maxCount: 100));
}

/// <summary>The new token, with its secret: it is shown this once.</summary>
internal sealed record CreateApiTokenAnswer(string Token, ApiTokenAnswer ApiToken);

internal static class CreateApiToken
{
    public static void MapCreateApiToken(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/api-tokens", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CreateApiToken))
            .WithSummary("Make a token for a command line or an agent")
            .WithDescription(
                "Send it as 'Authorization: Bearer pst_…'. It opens /api/v1 within its scopes and stashes, never /api/auth and never the account. " +
                "The secret is shown this once.")
            .WithRequestExample(new { name = "CI of the website", scopes = ApiTokenAnswer.Example.Scopes, expiresAt = "2026-09-01T00:00:00Z" })
            .WithResponseExample(
                new CreateApiTokenAnswer(ApiTokenSecret.Prefix + "UO-1pfBgOmfkx-_vP3D7ZvboWc53v6UlFqQLLrwRrgI", ApiTokenAnswer.Example),
                StatusCodes.Status201Created)
            .ProducesErrors(StatusCodes.Status401Unauthorized, StatusCodes.Status409Conflict);

    private static async Task<Results<Created<CreateApiTokenAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<CreateApiTokenRequest> body,
        HttpContext context,
        IdentityDbContext db,
        SecurityNotices notices,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var user = context.GetRequiredSession().User;
        var rules = options.Value.ApiTokens;
        var now = time.GetUtcNow();
        if (request.ExpiresAt <= now || request.ExpiresAt > now + rules.MaxLifetime)
        {
            return AuthErrors.Validation($"[body.expiresAt] Invalid input: expected a time between now and {rules.MaxLifetime.TotalDays:0} days from now");
        }

        var secret = ApiTokenSecret.Prefix + Secret.Create();
        var token = new ApiToken
        {
            Id = Guid.CreateVersion7(now),
            UserId = user.Id,
            Name = request.Name,
            Token = Secret.Hash(secret),
            Scopes = request.Scopes,
            StashIds = request.StashIds,
            ExpiresAt = request.ExpiresAt,
            CreatedAt = now,
        };

        return await db.InTransactionAsync<Results<Created<CreateApiTokenAnswer>, AuthErrorResult>>(
            async (transaction, cancelled) =>
            {
                // One at a time for a user, so that the count is right when it is looked at.
                await db.LockUserAsync(user.Id, cancelled);
                if (await db.ApiTokens.CountAsync(t => t.UserId == user.Id, cancelled) >= rules.MaxPerUser)
                {
                    return AuthErrors.TooManyApiTokens;
                }

                db.ApiTokens.Add(token);
                notices.Add(db, user.Email, SecurityNotice.ApiTokenCreated, now);
                db.AddSuccess(AuditTypes.ApiTokenCreated, user.Id, context, now, detail: token.Id.ToString());
                await db.SaveChangesAsync(cancelled);
                await transaction.CommitAsync(cancelled);

                return TypedResults.Created((string?)null, new CreateApiTokenAnswer(secret, ApiTokenAnswer.Of(token)));
            },
            cancellationToken);
    }
}
