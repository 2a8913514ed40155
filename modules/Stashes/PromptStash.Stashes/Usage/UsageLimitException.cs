namespace PromptStash.Stashes.Usage;

/// <summary>A transaction would leave its owner with more than allowed. It must not be committed.</summary>
/// <param name="ownerId">Whose limit it is.</param>
/// <param name="kind">Of what.</param>
/// <param name="needed">How much there would be.</param>
/// <param name="limit">How much there may be.</param>
internal sealed class UsageLimitException(Guid ownerId, UsageKinds kind, long needed, long limit)
    : Exception($"{needed} {kind} are more than the limit of {limit}.")
{
    public Guid OwnerId => ownerId;
    public UsageKinds Kind => kind;
    public long Needed => needed;
    public long Limit => limit;
}
