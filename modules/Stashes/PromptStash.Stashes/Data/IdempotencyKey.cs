namespace PromptStash.Stashes.Data;

/// <summary>The first answer to a POST that carried an <c>Idempotency-Key</c>, written in the transaction of its work.</summary>
internal sealed class IdempotencyKey
{
    public const int KeyMaxLength = 255;

    public required Guid UserId { get; init; }
    public required string Key { get; init; }

    /// <summary>SHA-256 over operation, target and body: one key used for two different requests is a mistake to be told.</summary>
    public required byte[] RequestHash { get; init; }

    public string? Response { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}
