using System.Diagnostics.Metrics;

namespace PromptStash.Sharing.Links;

/// <summary>Counts what is asked of links, by what it was and how it ended, and never of which link.</summary>
internal static class ShareMeter
{
    private static readonly Meter Meter = new("PromptStash.Sharing");

    private static readonly Counter<long> Accesses = Meter.CreateCounter<long>("promptstash.share.accesses", "{access}", "Requests with the token of a link, by how they ended.");

    /// <summary>Counts one; the words are those of the share's log.</summary>
    public static void Count(string action, string outcome) => Accesses.Add(
        1, new KeyValuePair<string, object?>("action", action), new KeyValuePair<string, object?>("outcome", outcome));
}
