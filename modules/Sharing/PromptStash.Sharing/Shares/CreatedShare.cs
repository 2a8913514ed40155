using PromptStash.Sharing.Data;
using PromptStash.Sharing.Invitations;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>A share that was just made: what <see cref="ShareAnswer"/> says of it, and what only this answer says.</summary>
/// <param name="Token">A link's secret, this once only; null for a person.</param>
/// <param name="Url">The link with the secret in it, this once only; null for a person.</param>
/// <param name="Invitation">Whether a mail tells the person about it; null for a link.</param>
internal sealed record CreatedShare(
    Guid Id,
    ShareTargetAnswer Target,
    ShareRecipient With,
    SharePermission Permission,
    DateTimeOffset? ExpiresAt,
    bool HasPassword,
    int? MaxAccesses,
    int AccessCount,
    FilePin? Pin,
    string? Note,
    bool Redact,
    IReadOnlyList<string> AcceptedFindings,
    bool Disabled,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastAccessedAt,
    DateTimeOffset CreatedAt,
    string? Token,
    string? Url,
    InvitationStatus? Invitation)
{
    public static readonly CreatedShare Example = Of(ShareAnswer.Example, "ps_4Zt1…", "https://prompts.example.com/api/v1/shared/ps_4Zt1…", invitation: null);

    public static CreatedShare Of(ShareAnswer share, string? token, string? url, InvitationStatus? invitation) => new(
        share.Id, share.Target, share.With, share.Permission, share.ExpiresAt, share.HasPassword, share.MaxAccesses, share.AccessCount, share.Pin, share.Note,
        share.Redact, share.AcceptedFindings, share.Disabled, share.RevokedAt, share.LastAccessedAt, share.CreatedAt, token, url, invitation);
}
