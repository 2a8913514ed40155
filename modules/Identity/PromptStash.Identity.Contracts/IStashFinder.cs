namespace PromptStash.Identity.Contracts;

/// <summary>Tells which stash something is in, so that a token that opens only some stashes can be held to them.</summary>
public interface IStashFinder
{
    /// <summary>The name of the route value that it understands, such as <c>fileId</c>.</summary>
    string RouteValue { get; }

    /// <summary>The stash, or null when there is no such thing; the operation then answers that by itself.</summary>
    Task<Guid?> FindStashAsync(Guid id, CancellationToken cancellationToken);
}
