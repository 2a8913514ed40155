namespace PromptStash.Stashes.Access;

/// <summary>What somebody must have been given to do with another's things what an operation does.</summary>
internal enum GrantNeed
{
    /// <summary>Only the owner may.</summary>
    Ownership,

    /// <summary>Whoever sees it.</summary>
    View,

    /// <summary>EDIT on the thing itself, or on something that it is in.</summary>
    EditContent,

    /// <summary>EDIT on something that it is in: who was given only the thing itself neither renames nor deletes it.</summary>
    EditInside,

    /// <summary>EDIT on a stash, or on a folder in it; the operation itself keeps to those.</summary>
    EditPart,

    /// <summary>EDIT on the whole stash.</summary>
    EditStash,
}

/// <summary>What an operation asks of those whom something was given. Without it only the owner may.</summary>
internal sealed record OpenToGrants(GrantNeed Need);

internal static class OpenToGrantsExtensions
{
    public static T OpenToGrants<T>(this T endpoint, GrantNeed need)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new OpenToGrants(need));
}
