using System.Text.Json;
using PromptStash.Identity.ApiTokens;
using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.Accounts;

/// <summary>This module's part of an account export. Secrets are not in it: not even their hashes are anybody's data.</summary>
internal sealed class IdentityExporter(IdentityDbContext db) : IAccountExporter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task ExportAsync(Guid userId, IAccountArchive archive, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == userId, cancellationToken);
        await AddAsync(archive, "account/user.json", UserAnswer.Of(user), cancellationToken);

        var accounts = await db.Accounts.AsNoTracking().Where(a => a.UserId == userId).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        await AddAsync(archive, "account/sign-ins.json", accounts.ConvertAll(AccountAnswer.Of), cancellationToken);

        var sessions = await db.Sessions
            .Where(s => s.UserId == userId)
            .OrderBy(s => s.Id)
            .Select(s => new SessionAnswer(s.Id, s.Id, s.UserId, s.ExpiresAt, s.IpAddress, s.UserAgent, s.CreatedAt, s.UpdatedAt))
            .ToListAsync(cancellationToken);
        await AddAsync(archive, "account/sessions.json", sessions, cancellationToken);

        var tokens = await db.ApiTokens.AsNoTracking().Where(t => t.UserId == userId).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        await AddAsync(archive, "account/api-tokens.json", tokens.ConvertAll(ApiTokenAnswer.Of), cancellationToken);

        var audit = db.AuditEvents.AsNoTracking().Where(a => a.UserId == userId).OrderBy(a => a.Id).AsAsyncEnumerable().Select(AuditAnswer.Of);
        await AddAsync(archive, "account/audit.json", audit, cancellationToken);
    }

    private static async Task AddAsync<T>(IAccountArchive archive, string path, T value, CancellationToken cancellationToken)
    {
        await using var file = await archive.AddFileAsync(path, cancellationToken);
        await JsonSerializer.SerializeAsync(file, value, Json, cancellationToken);
    }
}
