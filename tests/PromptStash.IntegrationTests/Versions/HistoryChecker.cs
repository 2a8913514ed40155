namespace PromptStash.IntegrationTests.Versions;

/// <summary>What a client did to a file, as the client saw it.</summary>
/// <param name="Process">Which client: it does one thing after the other.</param>
/// <param name="File">The file.</param>
/// <param name="ExpectedVersion">The version that it was to replace, 0 for a new file; null for a read.</param>
/// <param name="RequestId">New for each write; the version carries it as its message.</param>
/// <param name="Sha256">Of what it wrote.</param>
/// <param name="Start">Before the request was sent, in ticks of one clock.</param>
/// <param name="End">After the answer had come.</param>
/// <param name="Status">The answer; null when none came.</param>
/// <param name="Version">The version that the answer told of.</param>
internal sealed record HistoryOperation(
    int Process, Guid File, int? ExpectedVersion, string? RequestId, string? Sha256, long Start, long End, HttpStatusCode? Status, int? Version)
{
    public bool IsWrite => ExpectedVersion is not null;
    public bool Succeeded => Status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices;

    /// <summary>The answer says that nothing was changed, as that of a full disk does too.</summary>
    public bool WasRefused => Status is (>= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError) or HttpStatusCode.InsufficientStorage;
}

/// <summary>A version that was kept.</summary>
internal sealed record HistoryRow(Guid File, int Version, string? RequestId, string Sha256);

/// <summary>
/// Holds what clients saw against what was kept. Each file is a register that is written by compare and swap, so its history is right when
/// these rules hold; what a client does not know the outcome of may have happened or not.
/// </summary>
internal static class HistoryChecker
{
    /// <summary>Every rule that is broken, in words; nothing when the history is right.</summary>
    public static List<string> Check(IReadOnlyCollection<HistoryOperation> operations, IReadOnlyCollection<HistoryRow> rows)
    {
        var violations = new List<string>();
        var writes = operations.Where(operation => operation.IsWrite).ToList();
        var byRequest = rows.ToLookup(row => row.RequestId, StringComparer.Ordinal);

        foreach (var file in rows.GroupBy(row => row.File))
        {
            var versions = file.Select(row => row.Version).Order().ToList();
            Demand(versions.SequenceEqual(Enumerable.Range(1, versions.Count)), $"(1) versions of a file are 1 to N: {string.Join(' ', versions)}");
        }

        foreach (var write in writes)
        {
            var written = byRequest[write.RequestId].ToList();
            if (write.Succeeded)
            {
                Demand(
                    written is [var row] && row.File == write.File && row.Sha256 == write.Sha256 && row.Version == write.Version,
                    $"(2) a write that succeeded is one version with its content: {write}");
            }
            else if (write.WasRefused)
            {
                Demand(written.Count == 0, $"(3) a write that was refused is no version: {write}");
            }
            else
            {
                Demand(written.Count <= 1, $"(4) a write with an unknown outcome is one version at most: {write}");
            }

            Demand(
                written.TrueForAll(row => row.Version == write.ExpectedVersion + 1),
                $"(5) a version is written by who expected the one before it: {write}");
        }

        var known = writes.Select(write => write.RequestId).ToHashSet(StringComparer.Ordinal);
        Demand(rows.All(row => known.Contains(row.RequestId)), "(2) every version was written by somebody.");

        foreach (var file in writes.Where(write => write.Succeeded).GroupBy(write => write.File))
        {
            // In the order of their ends: the newest version among all that had ended before a write started is older than that write's.
            var newest = 0;
            var ended = new PriorityQueue<int, long>(file.Select(write => (write.Version ?? 0, write.End)));
            foreach (var write in file.OrderBy(write => write.Start))
            {
                while (ended.TryPeek(out var version, out var end) && end < write.Start)
                {
                    newest = Math.Max(newest, version);
                    ended.Dequeue();
                }

                Demand(write.Version > newest, $"(6) what starts later is written later: {write} after version {newest}");
            }
        }

        foreach (var client in operations.Where(operation => operation.Succeeded && operation.Version is not null).GroupBy(operation => (operation.Process, operation.File)))
        {
            var seen = client.OrderBy(operation => operation.Start).ToList();
            foreach (var (before, after) in seen.Zip(seen.Skip(1)))
            {
                Demand(after.Version >= before.Version, $"(7) what a client sees never goes back: {before}, then {after}");
            }
        }

        return violations;

        void Demand(bool holds, string rule)
        {
            if (!holds)
            {
                violations.Add(rule);
            }
        }
    }
}
