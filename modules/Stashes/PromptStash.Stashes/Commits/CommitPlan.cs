using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Commits;

/// <summary>A change that keeps all rules that can be checked without a look at the stash.</summary>
internal sealed record PlannedChange(int Index, CommitOperation Op, string Path, string? To, FileContent? Content, int? IfVersion);

/// <summary>Reads the changes of a request.</summary>
internal static class CommitPlan
{
    /// <summary>All errors, each under the field that it is about.</summary>
    public static bool TryRead(
        IReadOnlyList<CommitChange> changes, StashesOptions limits, out List<PlannedChange> planned, out Dictionary<string, string[]> errors)
    {
        planned = [];
        errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (changes.Count == 0 || changes.Count > limits.MaxCommitChanges)
        {
            errors["changes"] = [$"A commit has 1 to {limits.MaxCommitChanges} changes."];
            return false;
        }

        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i] is { } change)
            {
                planned.Add(Read(i, change, limits, errors));
            }
            else
            {
                errors[$"changes[{i}]"] = ["The change is null."];
            }
        }

        return errors.Count == 0;
    }

    private static PlannedChange Read(int index, CommitChange change, StashesOptions limits, Dictionary<string, string[]> errors)
    {
        if (!StashPath.TryParse(change.Path, out var path, out var pathError))
        {
            Refuse("path", pathError);
        }

        var to = "";
        if (change.Op == CommitOperation.Move)
        {
            if (!StashPath.TryParse(change.To, out to, out var toError))
            {
                Refuse("to", toError);
            }
        }
        else if (change.To is not null)
        {
            Refuse("to", "Only a move has a second path.");
        }

        FileContent? content = null;
        if (change.Op != CommitOperation.Put)
        {
            if (change.Content is not null)
            {
                Refuse("content", "Only a put has content.");
            }

            if (change.IfVersion == 0)
            {
                Refuse("ifVersion", "Only a put can be about a file that must not be there.");
            }
        }
        else if (change.Content is null)
        {
            Refuse("content", "A put has content; it may be empty.");
        }
        else if (!FileContent.TryCreate(change.Content, limits.MaxFileBytes, out content, out var contentError))
        {
            Refuse("content", contentError);
        }

        return new PlannedChange(index, change.Op ?? default, path, change.Op == CommitOperation.Move ? to : null, content, change.IfVersion);

        void Refuse(string field, string error) => errors[$"changes[{index}].{field}"] = [error];
    }
}
