using System.Text.Json.Serialization;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.Accounts;

/// <summary>Something that happened to your account.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">What, such as <c>sign-in</c> or <c>password-changed</c>.</param>
/// <param name="Outcome"><c>success</c> or <c>failure</c>.</param>
/// <param name="IpAddress">Where the request came from.</param>
/// <param name="UserAgent">What sent it.</param>
/// <param name="Detail">What the type leaves open, such as the second factor or the provider.</param>
/// <param name="OccurredAt">When.</param>
internal sealed record AuditAnswer(
    Guid Id,
    string Type,
    string Outcome,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? IpAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? UserAgent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Detail,
    DateTimeOffset OccurredAt)
{
    public static AuditAnswer Of(AuditEvent audit) => new(
        audit.Id, audit.Type, audit.Succeeded ? "success" : "failure", audit.IpAddress, audit.UserAgent, audit.Detail, audit.OccurredAt);

    public static readonly AuditAnswer Example = new(
        Guid.Parse("0199a1b2-0000-7000-8000-0000000000dd"), AuditTypes.SignIn, "success", "203.0.113.7", "curl/8.5.0", "totp",
        new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));
}

internal static class ListAuditEvents
{
    public static void MapListAuditEvents(this IEndpointRouteBuilder account) =>
        account.MapGet("/audit", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListAuditEvents))
            .WithSummary("List what happened to your account, newest first")
            .WithDescription("Sign-ins and failed ones, changes of the password, the address and the second factor, tokens, sessions. Never by API token.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .WithResponseExample(new Page<AuditAnswer>([AuditAnswer.Example], Next: null));

    private static async Task<Results<Ok<Page<AuditAnswer>>, ValidationProblem>> HandleAsync(
        ClaimsPrincipal user,
        IdentityDbContext db,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        Guid? last = null;
        if (!Cursor.TryDecode(after, out var key) || (key is not null && !TryParse(key, out last)))
        {
            return TypedResults.ValidationProblem(
                new Dictionary<string, string[]> { ["after"] = ["The cursor is not one that an earlier page ended with."] });
        }

        var userId = user.GetUserId();
        var rows = await db.AuditEvents
            .AsNoTracking()
            .Where(a => a.UserId == userId && (last == null || a.Id < last))
            .OrderByDescending(a => a.Id)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);

        return TypedResults.Ok(Page.Of(rows.ConvertAll(AuditAnswer.Of), limit, audit => audit.Id.ToString()));
    }

    private static bool TryParse(string key, out Guid? id)
    {
        var parsed = Guid.TryParse(key, out var value);
        id = parsed ? value : null;

        return parsed;
    }
}
