namespace PromptStash.Stashes.Commits;

/// <summary>What came of a change.</summary>
internal enum CommitOutcome
{
    /// <summary>There is a new file.</summary>
    Created,

    /// <summary>The file has a new version.</summary>
    Updated,

    /// <summary>The file held this very content already.</summary>
    Unchanged,

    /// <summary>It has another path.</summary>
    Moved,

    /// <summary>It is in the trash.</summary>
    Deleted,

    /// <summary>The commit puts it and deletes it again, so nothing of it is kept.</summary>
    Discarded,
}

/// <summary>What a commit did, or would do.</summary>
/// <param name="DryRun">Nothing was changed.</param>
/// <param name="Changes">One for each change of the request, in its order.</param>
internal sealed record CommitResult(bool DryRun, IReadOnlyList<CommittedChange> Changes)
{
    public static CommitResult Example { get; } = new(DryRun: false,
    [
        new CommittedChange(
            CommitOperation.Put, ".claude/agents/test-reviewer.md", null, CommitOutcome.Created, Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d02"), 1),
        new CommittedChange(
            CommitOperation.Move, ".claude/agents/reviewer.md", ".claude/agents/code-reviewer.md", CommitOutcome.Moved, Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01"), 4),
        new CommittedChange(CommitOperation.Delete, ".claude/agents/drafts", null, CommitOutcome.Deleted, Guid.Parse("019ab4c1-0f3a-7d0e-b1f5-3c2d1e0f9a8c"), null),
    ]);
}

/// <summary>A change, and what came of it.</summary>
/// <param name="Op">What it was to do.</param>
/// <param name="Path">Where.</param>
/// <param name="To">Where to.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Id">Of the file or folder; null when it is not kept, or only would be made.</param>
/// <param name="Version">Of the file, after the whole commit; null for a folder.</param>
internal sealed record CommittedChange(CommitOperation Op, string Path, string? To, CommitOutcome Outcome, Guid? Id, int? Version);

/// <summary>Why a change cannot be made.</summary>
/// <param name="Change">Its place among the changes, counted from 0.</param>
/// <param name="Path">The path that it is about.</param>
/// <param name="Detail">The reason.</param>
/// <param name="Version">The version that the file is at, if there is one.</param>
internal sealed record CommitConflict(int Change, string Path, string Detail, int? Version)
{
    public static ProblemHttpResult Answer(List<CommitConflict> conflicts) => TypedResults.Problem(
        $"{conflicts.Count} of the changes cannot be made, so none was.",
        statusCode: StatusCodes.Status409Conflict,
        extensions: new Dictionary<string, object?> { ["conflicts"] = conflicts });
}
