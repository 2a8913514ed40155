using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

/// <summary>What is noted of a share, in the words that are stored and shown; they never change.</summary>
internal static class ShareActions
{
    public const string Create = "create";
    public const string Update = "update";
    public const string NewToken = "new-token";
    public const string Revoke = "revoke";
    public const string Decline = "decline";

    /// <summary>Its time was over.</summary>
    public const string Expire = "expire";

    /// <summary>What it was a share of was deleted.</summary>
    public const string End = "end";

    public const string Open = "open";
    public const string Read = "read";
    public const string Export = "export";
    public const string Edit = "edit";
    public const string Comment = "comment";
    public const string Suggest = "suggest";
    public const string Unlock = "unlock";
}

/// <summary>How it ended.</summary>
internal static class ShareOutcomes
{
    public const string Done = "done";

    /// <summary>The share is over, turned off or used up, its target is not there, or it does not allow this, or not so often.</summary>
    public const string Denied = "denied";

    /// <summary>The password is not known yet.</summary>
    public const string Locked = "locked";

    public const string WrongPassword = "wrong-password";
}

/// <summary>Adds what becomes of a share to the share's log; saved with the change that it tells of.</summary>
internal static class ShareLog
{
    public static void Note(this SharingDbContext db, Guid shareId, Guid? userId, string action, DateTimeOffset now) =>
        db.ShareAccesses.Add(new ShareAccess
        {
            Id = Guid.CreateVersion7(now),
            ShareId = shareId,
            UserId = userId,
            Action = action,
            Outcome = ShareOutcomes.Done,
            CreatedAt = now,
        });
}
