using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Data;

internal static class GoneThings
{
    /// <summary>How many things the Stashes module is asked about at a time.</summary>
    private const int Batch = 1000;

    /// <summary>Does something with all of these files, folders and stashes that are gone for good, a batch at a time.</summary>
    public static async Task ForEachGoneAsync(
        this IStashFiles files, IQueryable<Guid> things, Func<Guid[], Task> act, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            var batch = await things.Where(id => id > after).Distinct().OrderBy(id => id).Take(Batch).ToListAsync(cancellationToken);
            if (batch.Count == 0)
            {
                return;
            }

            after = batch[^1];
            var kept = await files.FindKeptAsync(batch, cancellationToken);
            if (batch.FindAll(id => !kept.Contains(id)) is { Count: > 0 } gone)
            {
                await act([.. gone]);
            }
        }
    }
}
