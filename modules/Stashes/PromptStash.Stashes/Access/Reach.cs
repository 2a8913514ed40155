using PromptStash.Sharing.Contracts;

namespace PromptStash.Stashes.Access;

/// <summary>How far somebody reaches into a stash of somebody else.</summary>
/// <param name="StashId">The stash.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Grants">What gives this reach.</param>
/// <param name="Item">The file or folder that was asked about; null where it is the stash.</param>
/// <param name="Part">The files and folders that are seen; null for all.</param>
/// <param name="Versions">The versions of a file that are seen; null for all.</param>
internal sealed record Reach(
    Guid StashId, Guid OwnerId, IReadOnlyList<FileGrant> Grants, Guid? Item, SharedPart? Part, IReadOnlyList<int>? Versions)
{
    /// <summary>Of a stash: the files that may be discussed. Of a file or folder one permission holds for all.</summary>
    public GivenFiles? Discussed { get; init; }

    /// <summary>
    /// What was given on any of these. Who is shown one version only does not write: a new version would be one that they do not see.
    /// </summary>
    public static GrantLevel? On(IEnumerable<FileGrant> grants, IEnumerable<Guid> targets)
    {
        var permissions = grants.Where(grant => targets.Contains(grant.TargetId))
            .Select(grant => grant.IsPinned && grant.Permission == GrantLevel.Edit ? GrantLevel.Comment : grant.Permission)
            .ToList();

        return permissions.Count == 0 ? null : permissions.Max();
    }

    /// <summary>The most that was given.</summary>
    public GrantLevel Permission => On(Grants, Grants.Select(grant => grant.TargetId))!.Value;

    public bool Allows(GrantNeed need) => need switch
    {
        GrantNeed.View => true,
        GrantNeed.EditContent => Permission == GrantLevel.Edit,
        GrantNeed.EditInside or GrantNeed.EditPart =>
            On(Grants, Grants.Select(grant => grant.TargetId).Where(target => target != Item && Part?.Files.Contains(target) != true)) == GrantLevel.Edit,
        GrantNeed.EditStash => On(Grants, [StashId]) == GrantLevel.Edit,
        _ => false,
    };
}

/// <summary>A part of a stash.</summary>
/// <param name="Folders">Folders, those in them too; the files in these folders belong to the part.</param>
/// <param name="Files">Single files.</param>
internal sealed record SharedPart(Guid[] Folders, Guid[] Files);

/// <summary>Files, by what was given of them.</summary>
/// <param name="Stashes">All in these stashes,</param>
/// <param name="Folders">all right in these folders,</param>
/// <param name="Files">and these.</param>
internal sealed record GivenFiles(Guid[] Stashes, Guid[] Folders, Guid[] Files)
{
    public static GivenFiles Of(IReadOnlyCollection<Covered> covered) => new(
        [.. covered.Where(item => item.Id == item.StashId).Select(item => item.Id)],
        [.. covered.Where(item => item.IsFolder).Select(item => item.Id).Distinct()],
        [.. covered.Where(item => !item.IsFolder && item.Id != item.StashId).Select(item => item.Id)]);

    /// <summary>Those of them that these grants let somebody discuss.</summary>
    public static GivenFiles Discussed(IEnumerable<Covered> covered, IEnumerable<FileGrant> grants)
    {
        var targets = grants.Where(grant => grant.Permission >= GrantLevel.Comment).Select(grant => grant.TargetId).ToHashSet();

        return Of([.. covered.Where(item => targets.Contains(item.Root))]);
    }
}

/// <summary>All that others share with somebody.</summary>
/// <param name="Owners">The others.</param>
/// <param name="InStashes">The stashes that it is in.</param>
/// <param name="Files">What of them.</param>
/// <param name="Discussed">What of that may be discussed.</param>
internal sealed record SharedFiles(Guid[] Owners, Guid[] InStashes, GivenFiles Files, GivenFiles Discussed);
