namespace PromptStash.Identity.Contracts;

/// <summary>Tells which stash something is in, so that a token that opens only some stashes can be held to them.</summary>
public interface IStashFinder
{
    /// <summary>The name of the route value that it understands, such as <c>fileId</c>.</summary>
    string RouteValue { get; }

    /// <summary>The user's stash that it is in; null when the user has no such thing, which the operation then answers by itself.</summary>
    Task<Guid?> FindStashAsync(Guid id, Guid userId, CancellationToken cancellationToken);
}
