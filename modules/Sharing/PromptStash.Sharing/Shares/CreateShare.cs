using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Invitations;
using PromptStash.Sharing.Links;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>What to share.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">Its id; it must be the caller's own.</param>
public sealed record ShareTargetReference([property: EnumDataType(typeof(TargetKind))] TargetKind Type, Guid Id);

/// <summary>A share to make.</summary>
/// <param name="Target">A file, folder or stash of the caller's.</param>
/// <param name="With"><c>"link"</c>, <c>{"user": id}</c> or <c>{"email": address}</c>.</param>
/// <param name="Permission">What it allows; a link never allows EDIT.</param>
/// <param name="ExpiresAt">From when on it is over. A link has an end always; a person's share has no end by itself.</param>
/// <param name="Password">What a link asks for before it shows anything: 8 to 128 characters.</param>
/// <param name="MaxAccesses">How often a link may be opened.</param>
/// <param name="Pin">The only version of a file that is shown, by its number or by a label.</param>
/// <param name="Note">A word to whoever it is shared with; at most 500 characters.</param>
/// <param name="AcceptFindings">The codes of secret findings that a link shows knowingly.</param>
/// <param name="Redact">Whether a link masks all secrets in what it serves.</param>
public sealed record CreateShareRequest(
    [property: Required] ShareTargetReference Target,
    [property: Required] ShareRecipient With,
    [property: EnumDataType(typeof(SharePermission))] SharePermission Permission,
    DateTimeOffset? ExpiresAt = null,
    [property: StringLength(ShareRules.PasswordMaxLength, MinimumLength = ShareRules.PasswordMinLength), PlainText] string? Password = null,
    [property: Range(1, int.MaxValue)] int? MaxAccesses = null,
    FilePin? Pin = null,
    [property: StringLength(Share.NoteMaxLength), PlainText] string? Note = null,
    [property: MaxLength(ShareRules.MaxAcceptedFindings)] IReadOnlyList<string>? AcceptFindings = null,
    bool Redact = false);

internal static class CreateShare
{
    public static void MapCreateShare(this IEndpointRouteBuilder shares, SharingOptions limits) =>
        shares.MapPost("/", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(CreateShare))
            .WithSummary("Share a file, folder or stash with a person or by a link")
            .WithDescription(
                "A link's token is in this answer only. A link to a file with secrets is refused with 422 and a list of them, unless their codes are accepted or "
                + $"they are masked. A link lives for {SharingOptions.Told(limits.DefaultLinkLifetime)} unless expiresAt says otherwise, and at most "
                + $"{SharingOptions.Told(limits.MaxLinkLifetime)}. A person is told by a mail that opens nothing by itself; beyond {limits.InvitationsPerDay} mails a day "
                + "the share holds and nobody is told.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithRequestExample(new CreateShareRequest(
                new ShareTargetReference(TargetKind.File, ShareAnswer.Example.Target.Id), ShareRecipient.Link, SharePermission.View, MaxAccesses: 10, Note: "For Thursday's review"))
            .WithResponseExample(CreatedShare.Example, StatusCodes.Status201Created);

    private static async Task<Results<CreatedAtRoute<CreatedShare>, NotFound, ValidationProblem, ProblemHttpResult>> HandleAsync(
        CreateShareRequest request,
        HttpContext http,
        ClaimsPrincipal user,
        SharingDbContext db,
        IStashFiles files,
        IPasswordHashes passwords,
        ShareRules rules,
        InvitationQueue invitations,
        LinkAddress address,
        IOptions<SharingOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var now = time.GetUtcNow();
        if (rules.Check(request, now) is { } invalid)
        {
            return invalid;
        }

        var target = await files.FindTargetAsync(request.Target.Type, request.Target.Id, cancellationToken);
        if (target is null || target.OwnerId != userId)
        {
            return TypedResults.NotFound();
        }

        var (sharedWith, error) = await rules.RecipientAsync(request.With, userId, cancellationToken);
        if (error is not null)
        {
            return error;
        }

        if (request.Pin is not null && await files.ReadAsync(target, target.Id, request.Pin, accepted: null, cancellationToken) is null)
        {
            return Problems.Invalid("pin", "The file has no such version or label.");
        }

        var accepted = request.AcceptFindings ?? [];
        if (request.With.IsLink && !request.Redact
            && await files.FindSecretsAsync(target, request.Pin, accepted, SecretProblem.MaxFindings, cancellationToken) is { Count: > 0 } secrets)
        {
            return SecretProblem.Of(secrets);
        }

        var passwordHash = request.Password is null ? null : await passwords.HashAsync(request.Password, cancellationToken);
        if (request.Password is not null && passwordHash is null)
        {
            return Problems.Busy(http);
        }

        var token = request.With.IsLink ? LinkToken.Create() : null;
        var share = new Share
        {
            Id = Guid.CreateVersion7(now),
            TargetType = target.Kind,
            TargetId = target.Id,
            FileId = target.Kind == TargetKind.File ? target.Id : null,
            SharedWith = sharedWith,
            Permission = request.Permission,
            ShareToken = token is null ? null : LinkToken.Hash(token),
            ExpiresAt = rules.EndOf(request, now),
            CreatedBy = userId,
            CreatedAt = now,
            PasswordHash = passwordHash,
            MaxAccesses = request.MaxAccesses,
            Note = request.Note,
            PinVersion = request.Pin?.Version,
            PinLabel = request.Pin?.Label,
            Redact = request.Redact,
            AcceptedFindings = [.. accepted.Distinct(StringComparer.Ordinal)],
        };
        await db.EndExpiredAsync(target.Id, sharedWith, now, cancellationToken);
        var invitation = await invitations.AddAsync(share, now, cancellationToken);
        var insertion = await db.TryAddAsync(share, userId, options.Value, now, cancellationToken);
        if (insertion != ShareInsertion.Added)
        {
            await invitations.GiveBackAsync(share, invitation, cancellationToken);

            return insertion.Problem(options.Value);
        }

        return TypedResults.CreatedAtRoute(
            CreatedShare.Of(ShareAnswer.Of(share, target), token, token is null ? null : address.Of(http.Request, token), invitation),
            nameof(GetShare),
            new { shareId = share.Id });
    }
}
