using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Links;

/// <summary>A link that is open to this request.</summary>
/// <param name="Share">It.</param>
/// <param name="Target">What it shows.</param>
internal sealed record OpenedLink(Share Share, SharedTarget Target)
{
    /// <summary>The version that it shows; null for the newest.</summary>
    public FilePin? Pin => Share.PinVersion is null && Share.PinLabel is null ? null : new FilePin(Share.PinVersion, Share.PinLabel);

    /// <summary>
    /// The secrets that it shows. All others are masked, also those that came into a file after the link was made: what its owner was
    /// not asked about is not given away.
    /// </summary>
    public IReadOnlyCollection<string> Accepted => Share.Redact ? [] : Share.AcceptedFindings;
}

/// <summary>
/// Where every request with a link's token comes by. A token that is unknown, over, used up or of something deleted costs the same queries
/// and has the same answer.
/// </summary>
internal sealed class LinkGate(
    SharingDbContext db,
    IStashFiles files,
    IUserDirectory users,
    Visitors visitors,
    VisitCookie cookie,
    IOptions<SharingOptions> options,
    TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private Entrance? _entered;

    /// <summary>
    /// Finds the link that a request is for, or answers the request. Nothing is counted yet: whoever goes on says with <see cref="PassAsync"/> that
    /// the request is answered, or with <see cref="NothingHereAsync"/> or <see cref="DenyAsync"/> that it is not.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="token">What it brings.</param>
    /// <param name="action">What it wants, for the log.</param>
    /// <param name="counts">Whether it opens the link anew; else it may belong to a visit that was counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(OpenedLink? Link, ProblemHttpResult? Refusal)> EnterAsync(
        HttpContext http, string token, string action, bool counts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var visitor = await visitors.HashAsync(http, cancellationToken);
        if (LinkPreviews.IsOne(http.Request))
        {
            return (null, await TurnAwayAsync(http, token, action, visitor, now, cancellationToken));
        }

        if (await FindAsync(token, now, cancellationToken) is not { } link)
        {
            return (null, await MissAsync(http, token, action, visitor, now, cancellationToken));
        }

        var visit = cookie.Read(http.Request, link.Share);
        var isNew = counts || !visit.HasFlag(Visit.Opened);

        // One that is used up is not asked for again, nor for its password: it would not look like one that is over.
        if (isNew && IsUsedUp(link.Share))
        {
            return (null, await MissAsync(http, token, action, visitor, now, cancellationToken));
        }

        if (link.Share.PasswordHash is not null && !visit.HasFlag(Visit.Unlocked))
        {
            await LogAsync(http, link.Share, action, ShareOutcomes.Locked, visitor, now, cancellationToken);
            http.Response.Headers.WWWAuthenticate = "PromptStash-Link";

            return (null, TypedResults.Problem("This link asks for a password first.", statusCode: StatusCodes.Status401Unauthorized));
        }

        _entered = new Entrance(link.Share, token, action, visit, isNew, visitor, now);

        return (link, null);
    }

    /// <summary>
    /// Notes that the request is answered, and counts it where it opens the link anew. Not null where it turns out that it must not be answered:
    /// the link was used up, changed or ended a moment ago.
    /// </summary>
    public async Task<ProblemHttpResult?> PassAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (share, token, action, visit, isNew, visitor, now) = Entered;
        if (!isNew)
        {
            await LogAsync(http, share, action, ShareOutcomes.Done, visitor, now, cancellationToken);

            return null;
        }

        if (!await TakeAsync(http, share, action, visitor, now, cancellationToken))
        {
            return await MissAsync(http, token, action, visitor, now, cancellationToken);
        }

        cookie.Write(http, share, visit | Visit.Opened);
        ShareMeter.Count(action, ShareOutcomes.Done);

        return null;
    }

    /// <summary>Notes that the link does not show or allow what the request asks for, and answers it like a link that does not open.</summary>
    public async Task<ProblemHttpResult> NothingHereAsync(HttpContext http, CancellationToken cancellationToken)
    {
        await DenyAsync(http, cancellationToken);

        return Problems.NothingHere();
    }

    /// <summary>Notes that the request is refused; how, the caller says.</summary>
    public Task DenyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var entered = Entered;

        return LogAsync(http, entered.Share, entered.Action, ShareOutcomes.Denied, entered.Visitor, entered.Now, cancellationToken);
    }

    /// <summary>Whether nobody can open the link any more; who has may go on reading.</summary>
    public static bool IsUsedUp(Share share) => share.MaxAccesses <= share.AccessCount;

    /// <summary>A link that is not over, of something that is there, by somebody who is. Its accesses may be used up.</summary>
    public async Task<OpenedLink?> FindAsync(string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hash = LinkToken.Hash(token);
        var share = await db.Shares.AsNoTracking().SingleOrDefaultAsync(
            s => s.ShareToken == hash && s.RevokedAt == null && s.DisabledAt == null && s.ExpiresAt > now, cancellationToken);

        // Asked also for nothing, so that it takes as long.
        var target = await files.FindTargetAsync(share?.TargetType ?? TargetKind.File, share?.TargetId ?? Guid.Empty, cancellationToken);
        var owners = await users.FindManyAsync([share?.CreatedBy ?? Guid.Empty], cancellationToken);

        return share is not null && target is not null && target.OwnerId == share.CreatedBy && owners.Count == 1 ? new OpenedLink(share, target) : null;
    }

    /// <summary>Counts a miss and notes it in the share's log where there is one, in one statement for all reasons. A share that is just being
    /// removed is waited for: its log must not get a line whose share is gone.</summary>
    public async Task<ProblemHttpResult> MissAsync(
        HttpContext http, string token, string action, byte[] visitor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = $"miss:{Convert.ToHexStringLower(visitor)}";
        var windowEnd = now + Minute;
        var counts = await db.Database
            .SqlQuery<int>($"""
                WITH denied AS (
                    INSERT INTO sharing.share_accesses (id, share_id, user_id, ip_hash, action, outcome, created_at)
                    SELECT {Guid.CreateVersion7(now)}, s.id, {UserOf(http)}, {visitor}, {action}, {ShareOutcomes.Denied}, {now}
                    FROM sharing.file_shares AS s WHERE s.share_token = {LinkToken.Hash(token)} FOR KEY SHARE
                )
                INSERT INTO sharing.attempt_counters AS c (key, count, window_ends_at) VALUES ({key}, 1, {windowEnd})
                ON CONFLICT (key) DO UPDATE SET
                    count = CASE WHEN c.window_ends_at <= {now} THEN 1 ELSE c.count + 1 END,
                    window_ends_at = CASE WHEN c.window_ends_at <= {now} THEN {windowEnd} ELSE c.window_ends_at END
                RETURNING count
                """)
            .ToListAsync(cancellationToken);

        ShareMeter.Count(action, ShareOutcomes.Denied);

        return counts.Single() > options.Value.MissesPerMinute
            ? Problems.TooMany(http, Minute, "Too many links that are not there were asked for. Try again in a minute.")
            : Problems.NothingHere();
    }

    /// <summary>Notes a program that only previews links in the share's log where there is one: it is shown nothing, and counts as no miss.</summary>
    private async Task<ProblemHttpResult> TurnAwayAsync(
        HttpContext http, string token, string action, byte[] visitor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sharing.share_accesses (id, share_id, user_id, ip_hash, action, outcome, created_at)
            SELECT {Guid.CreateVersion7(now)}, s.id, {UserOf(http)}, {visitor}, {action}, {ShareOutcomes.Denied}, {now}
            FROM sharing.file_shares AS s WHERE s.share_token = {LinkToken.Hash(token)} FOR KEY SHARE
            """, cancellationToken);
        ShareMeter.Count(action, ShareOutcomes.Denied);

        return Problems.NothingHere();
    }

    public async Task LogAsync(
        HttpContext http, Share share, string action, string outcome, byte[] visitor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.ShareAccesses.Add(new ShareAccess
        {
            Id = Guid.CreateVersion7(now),
            ShareId = share.Id,
            UserId = UserOf(http),
            IpHash = visitor,
            Action = action,
            Outcome = outcome,
            CreatedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
        ShareMeter.Count(action, outcome);
    }

    /// <summary>
    /// Takes one of the link's accesses, if it has one left and is still what it was a moment ago: one statement, so that of any number of
    /// requests at once no more get in than may.
    /// </summary>
    private async Task<bool> TakeAsync(HttpContext http, Share share, string action, byte[] visitor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = await db.Database.ExecuteSqlAsync(
            $"""
            WITH opened AS (
                UPDATE sharing.file_shares
                SET access_count = access_count + 1, last_accessed_at = {now}
                WHERE id = {share.Id} AND share_token = {share.ShareToken} AND revoked_at IS NULL AND disabled_at IS NULL AND expires_at > {now}
                  AND password_hash IS NOT DISTINCT FROM {share.PasswordHash}
                  AND (max_accesses IS NULL OR access_count < max_accesses)
                RETURNING id
            )
            INSERT INTO sharing.share_accesses (id, share_id, user_id, ip_hash, action, outcome, created_at)
            SELECT {Guid.CreateVersion7(now)}, id, {UserOf(http)}, {visitor}, {action}, {ShareOutcomes.Done}, {now} FROM opened
            """, cancellationToken);

        return taken == 1;
    }

    private Entrance Entered => _entered ?? throw new InvalidOperationException("Nobody has entered.");

    private static Guid? UserOf(HttpContext http) => http.User.Identity?.IsAuthenticated is true ? http.User.GetUserId() : null;

    /// <summary>A request that was let in, and is not answered yet.</summary>
    private sealed record Entrance(Share Share, string Token, string Action, Visit Visit, bool IsNew, byte[] Visitor, DateTimeOffset Now);
}
