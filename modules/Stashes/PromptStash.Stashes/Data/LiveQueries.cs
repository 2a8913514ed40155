namespace PromptStash.Stashes.Data;

/// <summary>Where every query begins: at what the caller owns and has not thrown away.</summary>
internal static class LiveQueries
{
    public static IQueryable<Stash> StashesOf(this StashesDbContext db, Guid userId) =>
        db.Stashes.Where(s => s.UserId == userId && s.DeletedAt == null);

    public static IQueryable<StashFile> FilesOf(this StashesDbContext db, Guid userId) =>
        db.Files.Where(f => f.DeletedAt == null && f.Stash.UserId == userId && f.Stash.DeletedAt == null);

    public static IQueryable<Folder> FoldersOf(this StashesDbContext db, Guid userId) =>
        db.Folders.Where(f => f.DeletedAt == null && f.Stash.UserId == userId && f.Stash.DeletedAt == null);

    /// <summary>Where the last check found nothing graver than a remark there is no secret either: of too many findings the gravest are kept.</summary>
    public static IQueryable<StashFile> ThatMayHoldSecrets(this IQueryable<StashFile> files) =>
        files.Where(f => f.CheckedRules == null || f.CheckedRules != Checker.RulesVersion || f.Errors > 0 || f.Warnings > 0);
}
