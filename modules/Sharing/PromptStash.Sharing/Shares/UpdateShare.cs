using System.Text.Json.Serialization;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>What to change of a share; what is not given stays.</summary>
public sealed record UpdateShareRequest
{
    /// <summary>What it allows from the next request on.</summary>
    [EnumDataType(typeof(SharePermission))]
    public SharePermission? Permission { get; init; }

    /// <summary>From when on it is over; a link lives no longer than a new one may. <c>null</c> takes its end from a person's share.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get;
        init
        {
            // Only called when the body names it: null is an answer, no value is none.
            field = value;
            Ends = true;
        }
    }

    /// <summary>A link's new password, of 8 to 128 characters; an empty text removes it. Whoever has unlocked the link must do so again.</summary>
    [StringLength(ShareRules.PasswordMaxLength), PlainText]
    public string? Password { get; init; }

    /// <summary>How often a link may be opened, counted from its beginning; 0 for any number.</summary>
    [Range(0, int.MaxValue)]
    public int? MaxAccesses { get; init; }

    /// <summary>At most 500 characters; an empty text removes it.</summary>
    [StringLength(Share.NoteMaxLength), PlainText]
    public string? Note { get; init; }

    /// <summary>Whether it is turned off.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Whether the request names an end.</summary>
    [JsonIgnore]
    public bool Ends { get; private set; }
}

internal static class UpdateShare
{
    public static void MapUpdateShare(this IEndpointRouteBuilder shares) =>
        shares.MapPatch("/{shareId:guid}", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(UpdateShare))
            .WithSummary("Change what a share allows, its end, password or limits, or turn it off")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithRequestExample(new UpdateShareRequest { Permission = SharePermission.Comment })
            .WithResponseExample(ShareAnswer.Example with { Permission = SharePermission.Comment });

    private static async Task<Results<Ok<ShareAnswer>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid shareId,
        UpdateShareRequest request,
        HttpContext http,
        ClaimsPrincipal user,
        SharingDbContext db,
        IStashFiles files,
        IPasswordHashes passwords,
        ShareRules rules,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        var share = await db.StandingSharesOf(userId, now)
            .Where(s => s.Id == shareId)
            .Select(s => new { IsLink = s.ShareToken != null, IsPinned = s.PinVersion != null || s.PinLabel != null })
            .SingleOrDefaultAsync(cancellationToken);
        if (share is null)
        {
            return TypedResults.NotFound();
        }

        if (Check(request, share.IsLink, share.IsPinned) is { } invalid)
        {
            return invalid;
        }

        if (rules.CheckEnd(request.ExpiresAt, share.IsLink, now) is { } tooLong)
        {
            return tooLong;
        }

        var passwordHash = request.Password is not { Length: > 0 } password ? null : await passwords.HashAsync(password, cancellationToken);
        if (request.Password is { Length: > 0 } && passwordHash is null)
        {
            return Problems.Busy(http);
        }

        var note = request.Note is { Length: 0 } ? null : request.Note;
        var max = request.MaxAccesses is 0 ? null : request.MaxAccesses;

        // One statement: what has been opened more often in the meantime than the new limit allows is not changed.
        var changed = await db.InTransactionAsync(
            async (transaction, cancelled) =>
            {
                var rows = await db.StandingSharesOf(userId, now)
                    .Where(s => s.Id == shareId && (max == null || s.AccessCount <= max))
                    .ExecuteUpdateAsync(
                        s => s
                            .SetProperty(row => row.Permission, row => request.Permission ?? row.Permission)
                            .SetProperty(row => row.ExpiresAt, row => request.Ends ? request.ExpiresAt : row.ExpiresAt)
                            .SetProperty(row => row.PasswordHash, row => request.Password == null ? row.PasswordHash : passwordHash)
                            .SetProperty(row => row.MaxAccesses, row => request.MaxAccesses == null ? row.MaxAccesses : max)
                            .SetProperty(row => row.Note, row => request.Note == null ? row.Note : note)
                            .SetProperty(row => row.DisabledAt, row => request.Disabled == null ? row.DisabledAt : request.Disabled == true ? row.DisabledAt ?? now : null),
                        cancelled);
                if (rows == 1)
                {
                    db.Note(shareId, userId, ShareActions.Update, now);
                    await db.SaveChangesAsync(cancelled);
                    await transaction.CommitAsync(cancelled);
                }

                return rows;
            },
            cancellationToken);
        var answer = await db.StandingSharesOf(userId, now).AsNoTracking().SingleOrDefaultAsync(s => s.Id == shareId, cancellationToken);
        if (answer is null)
        {
            return TypedResults.NotFound();
        }

        if (changed == 0)
        {
            return Problems.Conflict($"The link was opened {answer.AccessCount} times already.");
        }

        return TypedResults.Ok(ShareAnswer.Of(answer, await files.FindTargetAsync(answer.TargetType, answer.TargetId, cancellationToken)));
    }

    private static ValidationProblem? Check(UpdateShareRequest request, bool isLink, bool isPinned) => request switch
    {
        { Permission: SharePermission.Edit } when isLink => Problems.Invalid("permission", "A link allows VIEW or COMMENT: whoever edits must have signed in."),
        { Permission: SharePermission.Edit } when isPinned => Problems.Invalid("permission", ShareRules.PinnedEdit),
        { Ends: true, ExpiresAt: null } when isLink => Problems.Invalid("expiresAt", "A link has an end."),
        { Password: not null } when !isLink => Problems.Invalid("password", "Only a link has a password."),
        { MaxAccesses: not null } when !isLink => Problems.Invalid("maxAccesses", "Only what a link opens is counted."),
        { Password: { Length: > 0 and < ShareRules.PasswordMinLength } } =>
            Problems.Invalid("password", $"The password has fewer than {ShareRules.PasswordMinLength} characters."),
        _ => null,
    };
}
