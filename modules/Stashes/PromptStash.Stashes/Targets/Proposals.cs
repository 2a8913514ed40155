using System.Text;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Targets;

/// <summary>Compares texts that somebody proposes with what a file holds, and makes versions of them.</summary>
internal sealed class Proposals(StashesDbContext db, ContentStore contents, FileWriter writer, UsageLimits usage, IOptions<StashesOptions> options, TimeProvider time)
{
    private const string PrimaryKeyOfVersions = "pk_file_versions";
    private const int Context = 3;

    /// <summary>How often a proposal is merged anew while others write the same file.</summary>
    private const int MaxTries = 20;

    public string? ErrorIn(string text) => FileContent.TryCreate(text, options.Value.MaxFileBytes, out _, out var error) ? null : error;

    public async Task<string?> CompareAsync(SharedTarget file, int? version, string text, CancellationToken cancellationToken)
    {
        var compared = version ?? await db.FilesOf(file.OwnerId).Where(f => f.Id == file.Id).Select(f => f.Version).SingleOrDefaultAsync(cancellationToken);
        if (!await IsComparableAsync(file.Id, compared, cancellationToken)
            || await contents.ReadVersionAsync(file.Id, compared, cancellationToken) is not { } old
            || !AreWithin(options.Value.MaxDiffLines, old, text))
        {
            return null;
        }

        // To patch, the number behind a name is a remark; the proposal would be the version after the one that it is compared with.
        return LineDiff.ToUnified(file.Path, compared, compared + 1, LineDiff.Compare(old, text, Context));
    }

    /// <summary>Brings two texts together; null when they are too long for that.</summary>
    public MergedText? Merge(string baseText, string current, string proposed) =>
        AreWithin(options.Value.MaxMergeLines, baseText, current, proposed) ? ThreeWayMerge.Merge(baseText, current, proposed) : null;

    public async Task<ProposalResult?> ApplyAsync(
        SharedTarget file, Guid proposalId, Guid author, int baseVersion, string text, string? message, CancellationToken cancellationToken)
    {
        var files = db.FilesOf(file.OwnerId);
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await FindAsync(proposalId, cancellationToken) is { } applied)
            {
                return ProposalResult.Done(applied);
            }

            var head = await files.Where(f => f.Id == file.Id).Select(f => new { f.Version, f.Content }).SingleOrDefaultAsync(cancellationToken);
            if (head is null)
            {
                return null;
            }

            var merged = new MergedText(text, []);
            if (head.Version != baseVersion)
            {
                if (await contents.ReadVersionAsync(file.Id, baseVersion, cancellationToken) is not { } baseText)
                {
                    return null;
                }

                if (Merge(baseText, head.Content, text) is not { } both)
                {
                    return ProposalResult.Refused("The file has changed since, and the texts are too long to be merged.");
                }

                merged = both;
            }

            if (merged.Text is null)
            {
                return ProposalResult.InConflict(merged.Conflicts);
            }

            if (!FileContent.TryCreate(merged.Text, options.Value.MaxFileBytes, out var content, out var error))
            {
                return ProposalResult.Refused(error);
            }

            if (await WriteAsync(files, file.Id, proposalId, author, head.Version, content, message, cancellationToken) is { } result)
            {
                return result;
            }
        }

        return ProposalResult.Refused("The file is being changed all the time. Try again.");
    }

    public async Task<int?> FindAsync(Guid proposalId, CancellationToken cancellationToken) => await db.FileVersions
        .Where(v => v.Id == proposalId)
        .Select(v => (int?)v.Version)
        .SingleOrDefaultAsync(cancellationToken);

    /// <summary>Null when it has to be looked at anew what the file holds.</summary>
    private async Task<ProposalResult?> WriteAsync(
        IQueryable<StashFile> files, Guid fileId, Guid proposalId, Guid author, int version, FileContent content, string? message, CancellationToken cancellationToken)
    {
        try
        {
            var written = await writer.ReplaceAsync(
                files, fileId, author, any: false, [version], content, message, proposalId, time.GetUtcNow(), cancellationToken);

            // What the file holds already needs no version.
            return written.Outcome is WriteOutcome.Written or WriteOutcome.Unchanged ? ProposalResult.Done(written.Version) : null;
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(PrimaryKeyOfVersions))
        {
            // Somebody else has applied the same proposal.
            return null;
        }
        catch (UsageLimitException refused)
        {
            // Read again, after the rollback: what the owner does keep. A version of a file takes up bytes only.
            var totals = await usage.ReadAsync(refused.OwnerId, cancellationToken);

            return ProposalResult.NoRoom(new ProposalResult.Use(totals.Bytes, refused.Needed, refused.Limit));
        }
    }

    /// <summary>Asked first: a text that is too large to compare is also too large to unpack for nothing.</summary>
    private Task<bool> IsComparableAsync(Guid fileId, int version, CancellationToken cancellationToken)
    {
        var largest = options.Value.MaxDiffBytes;

        return db.FileVersions.AnyAsync(v => v.FileId == fileId && v.Version == version && v.Size <= largest, cancellationToken);
    }

    private bool AreWithin(int lines, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (Encoding.UTF8.GetByteCount(text) > options.Value.MaxDiffBytes || LineDiff.CountLines(text) > lines)
            {
                return false;
            }
        }

        return true;
    }
}
