using PromptStash.Identity.Data;
using PromptStash.Identity.Http;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Accounts;

/// <summary>One way to sign in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">The provider's id of the user; for a password, ours.</param>
/// <param name="ProviderId"><c>credential</c> for a password, or the provider's name.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Scopes">What the provider lets us do.</param>
internal sealed record AccountAnswer(
    Guid Id, string AccountId, string ProviderId, Guid UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string[] Scopes)
{
    public static AccountAnswer Of(Account account) => new(
        account.Id, account.AccountId, account.ProviderId, account.UserId, account.CreatedAt, account.UpdatedAt,
        account.Scope?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []);

    public static readonly AccountAnswer Example = new(
        Guid.Parse("0199a1b2-0000-7000-8000-0000000000cc"), UserAnswer.Example.Id.ToString(), Account.CredentialProvider, UserAnswer.Example.Id,
        UserAnswer.Example.CreatedAt, UserAnswer.Example.UpdatedAt, []);
}

internal static class ListAccounts
{
    public static void MapListAccounts(this IEndpointRouteBuilder auth) =>
        auth.MapGet("/list-accounts", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListAccounts))
            .WithSummary("List your ways to sign in")
            .WithResponseExample(new[] { AccountAnswer.Example })
            .ProducesErrors(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<List<AccountAnswer>>> HandleAsync(HttpContext context, IdentityDbContext db, CancellationToken cancellationToken)
    {
        var userId = context.GetRequiredSession().User.Id;
        var accounts = await db.Accounts.AsNoTracking().Where(a => a.UserId == userId).OrderBy(a => a.Id).ToListAsync(cancellationToken);

        return TypedResults.Ok(accounts.ConvertAll(AccountAnswer.Of));
    }
}
