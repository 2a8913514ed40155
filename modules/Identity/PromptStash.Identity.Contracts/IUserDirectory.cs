namespace PromptStash.Identity.Contracts;

/// <summary>What a neighbour may know of people. Asked at every use, so that whoever is gone is gone at once.</summary>
public interface IUserDirectory
{
    /// <summary>These users, by id; those that do not exist are left out.</summary>
    Task<IReadOnlyDictionary<Guid, UserCard>> FindManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>The spelling under which an address is kept, and compared; null when it is none.</summary>
    string? NormalizeEmail(string text);
}

/// <summary>A user.</summary>
/// <param name="Id">The id, which never changes.</param>
/// <param name="Name">What they call themselves.</param>
/// <param name="VerifiedEmail">Their address, if it is proven that it is theirs.</param>
public sealed record UserCard(Guid Id, string Name, string? VerifiedEmail);
