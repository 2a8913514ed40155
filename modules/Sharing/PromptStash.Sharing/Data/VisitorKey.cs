namespace PromptStash.Sharing.Data;

/// <summary>The key under which visitors' addresses are hashed, encrypted by the key ring. One row.</summary>
internal sealed class VisitorKey
{
    public const int OnlyId = 1;

    public required int Id { get; init; }
    public required byte[] Value { get; init; }
}
