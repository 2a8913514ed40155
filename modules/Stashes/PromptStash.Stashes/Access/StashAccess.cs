using Microsoft.EntityFrameworkCore.Storage;
using PromptStash.Sharing.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Access;

/// <summary>
/// The one place that works out who may do what with whose stashes. A request works on its caller's own until <see cref="EnterAsync"/> has
/// found that it is about something of somebody else which the caller was given: the most of what holds on the file, the folders that it
/// is in, and their stash.
/// </summary>
internal sealed class StashAccess(StashesDbContext db, IFileGrants grants)
{
    private Reach? _reach;
    private SharedFiles? _shared;
    private HashSet<Guid>? _discussed;

    /// <summary>How far the caller reaches into somebody else's stash; null where it is their own.</summary>
    public Reach? Reach => _reach;

    /// <summary>Whose stashes the request works on.</summary>
    public Guid OwnerOf(ClaimsPrincipal user) => _reach?.OwnerId ?? user.GetUserId();

    /// <summary>The live stashes that the request sees.</summary>
    public IQueryable<Stash> StashesOf(ClaimsPrincipal user) =>
        _reach is { } reach ? db.StashesOf(reach.OwnerId).Where(s => s.Id == reach.StashId) : db.StashesOf(user.GetUserId());

    /// <summary>The live files that the request sees.</summary>
    public IQueryable<StashFile> FilesOf(ClaimsPrincipal user)
    {
        if (_reach is not { } reach)
        {
            return db.FilesOf(user.GetUserId());
        }

        var files = db.FilesOf(reach.OwnerId).Where(f => f.StashId == reach.StashId);

        return reach switch
        {
            { Item: { } item } => files.Where(f => f.Id == item),
            { Part: { } part } => files.Where(f => part.Folders.Contains(f.FolderId!.Value) || part.Files.Contains(f.Id)),
            _ => files,
        };
    }

    /// <summary>The live folders that the request sees.</summary>
    public IQueryable<Folder> FoldersOf(ClaimsPrincipal user)
    {
        if (_reach is not { } reach)
        {
            return db.FoldersOf(user.GetUserId());
        }

        var folders = db.FoldersOf(reach.OwnerId).Where(f => f.StashId == reach.StashId);

        return reach switch
        {
            { Item: { } item } => folders.Where(f => f.Id == item),
            { Part: { } part } => folders.Where(f => part.Folders.Contains(f.Id)),
            _ => folders,
        };
    }

    /// <summary>Whether the request sees a version of the file that it is about.</summary>
    public bool Shows(int version) => _reach?.Versions?.Contains(version) != false;

    /// <summary>The number of the version that a name stands for; null when there is none, or none that the request sees.</summary>
    public async Task<int?> FindVersionAsync(Guid fileId, string? name, int current, CancellationToken cancellationToken) =>
        await db.FindAsync(fileId, name, _reach?.Versions?.Max() ?? current, cancellationToken) is { } version && Shows(version) ? version : null;

    /// <summary>Whether the caller may read what is said about a file that the request has found.</summary>
    public bool Discusses(FileSummary file)
    {
        if (_reach is { Discussed: null } whole)
        {
            return whole.Permission >= GrantLevel.Comment;
        }

        if ((_reach?.Discussed ?? (_shared?.InStashes.Contains(file.StashId) == true ? _shared.Discussed : null)) is not { } given)
        {
            return true;
        }

        _discussed ??= [.. given.Stashes, .. given.Folders, .. given.Files];

        return _discussed.Contains(file.Id) || _discussed.Contains(file.StashId) || file.FolderId is { } folder && _discussed.Contains(folder);
    }

    public bool Allows(GrantNeed need) => _reach?.Allows(need) != false;

    /// <summary>Whether a request about a stash may be answered again as it was at first: what is shared must still be shared.</summary>
    public async Task<bool> MayRepeatAsync(ClaimsPrincipal user, Guid stashId, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();

        return _reach?.StashId == stashId || await db.Stashes.AnyAsync(s => s.Id == stashId && s.UserId == userId, cancellationToken);
    }

    /// <summary>
    /// Looks whether the thing that a route names is somebody else's and was given to the caller, and works on it from then on. A token that
    /// opens some stashes only opens no other, whoever shares it.
    /// </summary>
    public async Task<bool> EnterAsync(ClaimsPrincipal user, RouteValueDictionary route, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var found = IdOf(route, "fileId") is { } fileId ? await OfFileAsync(userId, fileId, cancellationToken)
            : IdOf(route, "folderId") is { } folderId ? await OfFolderAsync(userId, folderId, cancellationToken)
            : IdOf(route, "stashId") is { } stashId ? await OfStashAsync(userId, stashId, cancellationToken)
            : null;
        _reach = found is not null && user.GetStashLimit()?.Contains(found.StashId) != false ? found : null;

        return _reach is not null;
    }

    /// <summary>
    /// Tells what the request, which is done, made use of. Costs owners nothing, and whoever reads on for a while no more than the first time.
    /// </summary>
    public async Task NoteUseAsync(ClaimsPrincipal user, bool writes, CancellationToken cancellationToken)
    {
        if (_reach?.Grants.Where(grant => writes || !grant.IsNoted).Select(grant => grant.Id).ToArray() is { Length: > 0 } used)
        {
            await grants.NoteUseAsync(user.GetUserId(), used, writes, cancellationToken);
        }
    }

    /// <summary>All that others share with the caller, but for files of which one version is shown; null when there is nothing.</summary>
    public async Task<SharedFiles?> FindSharedAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var userId = user.GetUserId();
        var given = (await grants.ListAsync(userId, cancellationToken)).Where(grant => !grant.IsPinned).ToList();
        if (given.Count == 0)
        {
            return null;
        }

        var only = user.GetStashLimit();
        var covered = (await db.FindCoveredAsync([.. given.Select(grant => grant.TargetId)], stashId: null, cancellationToken))
            .FindAll(item => item.OwnerId != userId && only?.Contains(item.StashId) != false);

        _shared = covered.Count == 0 ? null : new SharedFiles(
            [.. covered.Select(item => item.OwnerId).Distinct()],
            [.. covered.Select(item => item.StashId).Distinct()],
            GivenFiles.Of(covered),
            GivenFiles.Discussed(covered, given));

        return _shared;
    }

    /// <summary>How far a user reaches who asks about a file of somebody else; null when they were given nothing that it is, or is in.</summary>
    public async Task<Reach?> OfFileAsync(Guid userId, Guid fileId, CancellationToken cancellationToken)
    {
        if (await db.FindPlaceOfFileAsync(fileId, also: false, cancellationToken) is not { } place || place.OwnerId == userId)
        {
            return null;
        }

        var given = await grants.FindAsync(userId, [fileId, .. place.Around], cancellationToken);
        if (given.Count == 0)
        {
            return null;
        }

        var versions = given.Any(grant => !grant.IsPinned) ? null : await VersionsAsync(fileId, given, cancellationToken);

        return versions is { Length: 0 } ? null : new Reach(place.StashId, place.OwnerId, given, fileId, Part: null, versions);
    }

    /// <summary>
    /// For the caller's transaction, under the lock of what it changes: makes sure that EDIT holds on something that the file is in, or on
    /// itself, and goes on holding until the commit. Who takes it back at the same time comes before or after, never in between; so it
    /// comes as late as it can, that nobody waits long for taking something back.
    /// </summary>
    public async Task ConfirmContentAsync(Guid fileId, CancellationToken cancellationToken)
    {
        if (_reach is not null)
        {
            await ConfirmAsync([fileId, .. await AroundFileAsync(fileId, cancellationToken)], cancellationToken);
        }
    }

    /// <summary>The same, but what was given on the file itself does not count.</summary>
    public async Task ConfirmFileAsync(Guid fileId, CancellationToken cancellationToken)
    {
        if (_reach is not null)
        {
            await ConfirmAsync(await AroundFileAsync(fileId, cancellationToken), cancellationToken);
        }
    }

    /// <summary>The same for a folder.</summary>
    public async Task ConfirmFolderAsync(Guid folderId, CancellationToken cancellationToken)
    {
        if (_reach is not null)
        {
            var place = await db.FindPlaceOfFolderAsync(folderId, also: true, cancellationToken) ?? throw new AccessEndedException();
            await ConfirmAsync(place.Around, cancellationToken);
        }
    }

    /// <summary>The same for what comes into a folder, or to the root of a stash.</summary>
    public async Task ConfirmIntoAsync(Guid stashId, Guid? folderId, CancellationToken cancellationToken)
    {
        if (_reach is not null)
        {
            var place = folderId is { } id ? await db.FindPlaceOfFolderAsync(id, also: false, cancellationToken) : null;
            await ConfirmAsync(folderId is { } into ? [into, .. place?.Around ?? []] : [stashId], cancellationToken);
        }
    }

    /// <summary>The same for something that lies in all of these.</summary>
    public async Task ConfirmAsync(IEnumerable<Guid> around, CancellationToken cancellationToken)
    {
        if (_reach is null)
        {
            return;
        }

        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("What is confirmed is confirmed until a transaction ends.");
        var held = await grants.HoldAsync([.. _reach.Grants.Select(grant => grant.Id)], transaction.GetDbTransaction(), cancellationToken);
        if (Reach.On(held, [.. around]) != GrantLevel.Edit)
        {
            throw new AccessEndedException();
        }
    }

    private async Task<IEnumerable<Guid>> AroundFileAsync(Guid fileId, CancellationToken cancellationToken) =>
        (await db.FindPlaceOfFileAsync(fileId, also: true, cancellationToken) ?? throw new AccessEndedException()).Around;

    private async Task<Reach?> OfFolderAsync(Guid userId, Guid folderId, CancellationToken cancellationToken)
    {
        if (await db.FindPlaceOfFolderAsync(folderId, also: false, cancellationToken) is not { } place || place.OwnerId == userId)
        {
            return null;
        }

        var given = await grants.FindAsync(userId, [folderId, .. place.Around], cancellationToken);

        return given.Count == 0 ? null : new Reach(place.StashId, place.OwnerId, given, folderId, Part: null, Versions: null);
    }

    /// <summary>A file of which one version is shown is seen at its own address only: a list, an archive or a search would show the newest.</summary>
    private async Task<Reach?> OfStashAsync(Guid userId, Guid stashId, CancellationToken cancellationToken)
    {
        var all = (await grants.ListAsync(userId, cancellationToken)).Where(grant => !grant.IsPinned).ToList();
        var covered = all.Count == 0 ? [] : await db.FindCoveredAsync([.. all.Select(grant => grant.TargetId)], stashId, cancellationToken);
        if (covered.Count == 0 || covered[0].OwnerId == userId)
        {
            return null;
        }

        var roots = covered.Select(item => item.Root).ToHashSet();
        var part = roots.Contains(stashId) ? null : new SharedPart(
            [.. covered.Where(item => item.IsFolder).Select(item => item.Id).Distinct()], [.. covered.Where(item => !item.IsFolder).Select(item => item.Id)]);

        return new Reach(stashId, covered[0].OwnerId, all.FindAll(grant => roots.Contains(grant.TargetId)), Item: null, part, Versions: null)
        {
            Discussed = GivenFiles.Discussed(covered, all),
        };
    }

    private async Task<int[]> VersionsAsync(Guid fileId, IReadOnlyList<FileGrant> pinned, CancellationToken cancellationToken)
    {
        var labels = pinned.Select(grant => grant.PinLabel).OfType<string>().ToArray();
        var labelled = labels.Length == 0
            ? []
            : await db.FileLabels.Where(l => l.FileId == fileId && labels.Contains(l.Name)).Select(l => l.Version).ToListAsync(cancellationToken);

        return [.. pinned.Select(grant => grant.PinVersion).OfType<int>().Concat(labelled).Distinct()];
    }

    private static Guid? IdOf(RouteValueDictionary route, string name) =>
        route.TryGetValue(name, out var value) && Guid.TryParse(value?.ToString(), out var id) ? id : null;
}
