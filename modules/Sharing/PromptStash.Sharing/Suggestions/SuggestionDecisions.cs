using PromptStash.Sharing.Data;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

/// <summary>
/// Decides on suggestions, each once. The version of an accepted one is written by the Stashes module into its own schema, so no transaction
/// holds both. Therefore whoever decides first claims the suggestion, by one conditional <c>UPDATE</c>, and only then acts; the version has the
/// suggestion's id, so that it can be written once only. If the process dies in between, the claim runs out, and whoever comes next asks
/// whether the version is there before doing anything else.
/// </summary>
internal sealed class SuggestionDecisions(SharingDbContext db, IStashFiles files, TimeProvider time)
{
    /// <summary>
    /// How long a claim holds. Longer than any write that was begun under it: <see cref="WriteTime"/>, and then PostgreSQL ends a transaction
    /// whose client is silent (<c>idle_in_transaction_session_timeout</c>, 15 s).
    /// </summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan WriteTime = TimeSpan.FromMinutes(1);

    /// <summary>Takes the right to decide; null when the suggestion is not open any more, or somebody else is deciding.</summary>
    public async Task<Guid?> ClaimAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var runOut = now - ClaimTime;
        var claim = Guid.CreateVersion7(now);
        var claimed = await db.Suggestions

            // Its own claim counts: the statement is repeated when its answer was lost.
            .Where(s => s.Id == id && s.Status == SuggestionStatus.Open && (s.ClaimedAt == null || s.ClaimedAt < runOut || s.Claim == claim))
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Claim, claim).SetProperty(x => x.ClaimedAt, now), cancellationToken);
        if (claimed == 0)
        {
            return null;
        }

        if (await files.FindAppliedAsync(id, cancellationToken) is not { } version)
        {
            return claim;
        }

        // Accepted by a process that died before it could say so.
        await AcceptedAsync(id, version, cancellationToken);

        return null;
    }

    /// <summary>Why a suggestion is declined whose file was deleted.</summary>
    public const string FileDeleted = "The file was deleted.";

    /// <summary>Makes the suggestion a version of its file; null when the file or the base is not there any more.</summary>
    public async Task<ProposalResult?> AcceptAsync(FoundSuggestion found, Guid claim, CancellationToken cancellationToken)
    {
        var suggestion = found.Suggestion;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(WriteTime);
        var result = await files.ApplyAsync(
            found.File,
            suggestion.Id,

            // Nobody has checked the name that the holder of a link gave: it stays words, and the version is that of who accepts it.
            suggestion.AuthorId ?? found.File.OwnerId,
            suggestion.BaseVersion,
            suggestion.Content,
            MessageOf(suggestion),
            limited.Token);
        if (result?.Version is { } version)
        {
            await AcceptedAsync(suggestion.Id, version, cancellationToken);
        }
        else
        {
            await ReleaseAsync(suggestion.Id, claim, cancellationToken);
        }

        return result;
    }

    /// <summary>Ends a claimed suggestion without a version; false when the claim has run out.</summary>
    public async Task<bool> EndAsync(Guid id, Guid claim, SuggestionStatus status, string? reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();

        return await db.Suggestions
            .Where(s => s.Id == id && s.Claim == claim && (s.Status == SuggestionStatus.Open || s.Status == status))
            .ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Status, status).SetProperty(x => x.DecidedAt, now).SetProperty(x => x.Reason, reason), cancellationToken) == 1;
    }

    /// <summary>Leaves the suggestion open for the next who decides.</summary>
    public Task ReleaseAsync(Guid id, Guid claim, CancellationToken cancellationToken) => db.Suggestions
        .Where(s => s.Id == id && s.Claim == claim && s.Status == SuggestionStatus.Open)
        .ExecuteUpdateAsync(s => s.SetProperty(x => x.Claim, (Guid?)null).SetProperty(x => x.ClaimedAt, (DateTimeOffset?)null), cancellationToken);

    /// <summary>The version is there, which settles it, whatever else was about to be decided.</summary>
    private async Task AcceptedAsync(Guid id, int version, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await db.Suggestions
            .Where(s => s.Id == id && s.Status != SuggestionStatus.Accepted)
            .ExecuteUpdateAsync(
                s => s
                    .SetProperty(x => x.Status, SuggestionStatus.Accepted)
                    .SetProperty(x => x.Version, version)
                    .SetProperty(x => x.DecidedAt, now)
                    .SetProperty(x => x.Reason, (string?)null),
                cancellationToken);
    }

    private static string? MessageOf(Suggestion suggestion) => suggestion.AuthorId is not null
        ? suggestion.Message
        : $"{suggestion.Message ?? "A suggestion"} (by {suggestion.AuthorName}, through a link)";
}
