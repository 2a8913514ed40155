namespace PromptStash.Sharing.Data;

/// <summary>One use of a share, or one try; rows are only ever added and aged out.</summary>
internal sealed class ShareAccess
{
    public required Guid Id { get; init; }
    public required Guid ShareId { get; init; }
    public Share Share { get; private init; } = null!;
    public Guid? UserId { get; init; }

    /// <summary>A keyed hash: enough to tell visitors apart, not to find them.</summary>
    public byte[]? IpHash { get; init; }

    public required string Action { get; init; }
    public required string Outcome { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
