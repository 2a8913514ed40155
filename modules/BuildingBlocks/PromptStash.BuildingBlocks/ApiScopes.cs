namespace PromptStash.BuildingBlocks;

/// <summary>What an API token must be allowed to do to call an operation. Without it only a signed-in user can call it.</summary>
/// <param name="Read">The scope for GET and HEAD.</param>
/// <param name="Write">The scope for everything else.</param>
public sealed record ApiScopes(string Read, string Write);

/// <summary>Marks an operation that itself leaves out the stashes which the caller's token does not open.</summary>
public sealed record KeepsToStashLimit;

/// <summary>Opens operations to API tokens.</summary>
public static class ApiScopesExtensions
{
    /// <summary>Lets API tokens with these scopes call the operations.</summary>
    public static T WithApiScopes<T>(this T endpoints, string read, string write)
        where T : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ApiScopes(read, write));
}
