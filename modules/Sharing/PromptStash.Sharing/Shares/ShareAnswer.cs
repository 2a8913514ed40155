using System.Globalization;
using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

/// <summary>What is shared. The name and path are absent while it is in the trash.</summary>
internal sealed record ShareTargetAnswer(TargetKind Type, Guid Id, string? Name, string? Path);

/// <summary>A share, as its creator sees it. The token of a link is nowhere in it: it is shown once, when it is made.</summary>
/// <param name="Id">The id of the share.</param>
/// <param name="Target">What is shared.</param>
/// <param name="With">With whom.</param>
/// <param name="Permission">What it allows.</param>
/// <param name="ExpiresAt">From when on it is over; null for never.</param>
/// <param name="HasPassword">Whether the link asks for a password.</param>
/// <param name="MaxAccesses">How often the link may be opened; null for any number.</param>
/// <param name="AccessCount">How often it was.</param>
/// <param name="Pin">The only version that is shown; null for the newest.</param>
/// <param name="Note">A word to whoever it is shared with.</param>
/// <param name="Redact">Whether all secrets are masked.</param>
/// <param name="AcceptedFindings">The codes of secret findings that are shown knowingly.</param>
/// <param name="Disabled">Whether it is turned off.</param>
/// <param name="RevokedAt">When it was ended.</param>
/// <param name="LastAccessedAt">When it was last used.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ShareAnswer(
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
    DateTimeOffset CreatedAt)
{
    public static readonly ShareAnswer Example = new(
        Guid.Parse("019ab4d2-5a61-7b0c-9e4f-2b7c8d9e0f1a"),
        new ShareTargetAnswer(TargetKind.File, Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01"), "code-reviewer.md", ".claude/agents/code-reviewer.md"),
        ShareRecipient.Link,
        SharePermission.View,
        DateTimeOffset.Parse("2026-11-30T09:50:00Z", CultureInfo.InvariantCulture),
        HasPassword: false,
        MaxAccesses: 10,
        AccessCount: 0,
        Pin: null,
        Note: "For Thursday's review",
        Redact: false,
        AcceptedFindings: [],
        Disabled: false,
        RevokedAt: null,
        LastAccessedAt: null,
        DateTimeOffset.Parse("2026-11-23T09:50:00Z", CultureInfo.InvariantCulture));

    public static ShareAnswer Of(Share share, SharedTarget? target) => new(
        share.Id,
        new ShareTargetAnswer(share.TargetType, share.TargetId, target?.Name, target?.Path),
        ShareRecipient.Of(share.SharedWith),
        share.Permission,
        share.ExpiresAt,
        share.PasswordHash is not null,
        share.MaxAccesses,
        share.AccessCount,
        share.PinVersion is null && share.PinLabel is null ? null : new FilePin(share.PinVersion, share.PinLabel),
        share.Note,
        share.Redact,
        share.AcceptedFindings,
        share.DisabledAt is not null,
        share.RevokedAt,
        share.LastAccessedAt,
        share.CreatedAt);
}
