using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>What may be shared with whom, and for how long.</summary>
internal sealed class ShareRules(IUserDirectory users, IStashFiles files, IOptions<SharingOptions> options)
{
    public const int PasswordMinLength = 8;
    public const int PasswordMaxLength = 128;
    public const int MaxAcceptedFindings = 50;
    public const string PinnedEdit = "Who is shown one version does not write: they would not see what they wrote.";

    /// <summary>What is wrong with a request, by field; null when nothing is.</summary>
    public ValidationProblem? Check(CreateShareRequest request, DateTimeOffset now)
    {
        var isLink = request.With.IsLink;
        if (request.Pin is { } pin && (request.Target.Type != TargetKind.File || (pin.Version is null) == (pin.Label is null)))
        {
            return Problems.Invalid("pin", "A file can be pinned, to a version or to a label.");
        }

        if (request.Pin?.Label is { } label && PlainTextAttribute.ErrorIn(label) is { } error)
        {
            return Problems.Invalid("pin.label", $"It {error}.");
        }

        if (request.AcceptFindings?.FirstOrDefault(code => !files.IsSecretCode(code)) is { } unknown)
        {
            return Problems.Invalid("acceptFindings", $"There is no finding of a secret that is called '{unknown}'.");
        }

        if (request.Pin is not null && request.Permission == SharePermission.Edit)
        {
            return Problems.Invalid("pin", PinnedEdit);
        }

        if (isLink && request.Permission == SharePermission.Edit)
        {
            return Problems.Invalid("permission", "A link allows VIEW or COMMENT: whoever edits must have signed in.");
        }

        return !isLink && (request.Password is not null || request.MaxAccesses is not null || request.Redact || request.AcceptFindings is not null)
            ? Problems.Invalid("with", "A password, maxAccesses, redact and acceptFindings are for links only.")
            : CheckEnd(request.ExpiresAt, isLink, now);
    }

    /// <summary>What is wrong with an end; null when nothing is.</summary>
    public ValidationProblem? CheckEnd(DateTimeOffset? expiresAt, bool isLink, DateTimeOffset now)
    {
        if (expiresAt <= now)
        {
            return Problems.Invalid("expiresAt", "The end has passed already.");
        }

        var longest = options.Value.MaxLinkLifetime;

        return isLink && expiresAt > now + longest ? Problems.Invalid("expiresAt", $"A link lives at most {longest.TotalDays:0.##} days.") : null;
    }

    /// <summary>When a new share is over; null for never.</summary>
    public DateTimeOffset? EndOf(CreateShareRequest request, DateTimeOffset now) =>
        request.ExpiresAt ?? (request.With.IsLink ? now + options.Value.DefaultLinkLifetime : null);

    /// <summary>Under what name a recipient is kept: null for a link. An error where there is no such recipient.</summary>
    public async Task<(string? SharedWith, ValidationProblem? Error)> RecipientAsync(
        ShareRecipient with, Guid caller, CancellationToken cancellationToken)
    {
        if (with.User is { } user)
        {
            if (user == caller)
            {
                return (null, Problems.Invalid("with", "What is yours need not be shared with you."));
            }

            return (await users.FindManyAsync([user], cancellationToken)).Count == 1
                ? (user.ToString(), null)
                : (null, Problems.Invalid("with", "There is no such user."));
        }

        if (with.Email is not { } text)
        {
            return (null, null);
        }

        // Whether the address has an account is not asked, so that no answer can tell.
        return users.NormalizeEmail(text) is { } email ? (email, null) : (null, Problems.Invalid("with", "This is no e-mail address."));
    }
}
