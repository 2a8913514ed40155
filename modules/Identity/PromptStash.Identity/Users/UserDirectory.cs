using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Users;

/// <summary>Answers neighbours' questions about people.</summary>
internal sealed class UserDirectory(IdentityDbContext db) : IUserDirectory
{
    public async Task<IReadOnlyDictionary<Guid, UserCard>> FindManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        await db.Users
            .Where(u => ids.Contains(u.Id))
            .Select(u => new UserCard(u.Id, u.Name, u.EmailVerified ? u.Email : null))
            .ToDictionaryAsync(card => card.Id, cancellationToken);

    public string? NormalizeEmail(string text) => BodyReader.TryNormalizeEmail(text, out var email) ? email : null;
}
