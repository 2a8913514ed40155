using System.Text.Json;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Shares;

/// <summary>
/// This module's part of an account export: what a user has shared, remarked and suggested, and what was suggested to them. Hashes of
/// tokens and passwords, and what others shared, are not theirs to take away.
/// </summary>
internal sealed class SharingExporter(SharingDbContext db) : IAccountExporter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper) },
    };

    public async Task ExportAsync(Guid userId, IAccountArchive archive, CancellationToken cancellationToken)
    {
        await WriteAsync(archive, "sharing/shares.json", db.Shares
            .Where(s => s.CreatedBy == userId)
            .OrderBy(s => s.Id)
            .Select(s => new
            {
                s.Id,
                s.TargetType,
                s.TargetId,
                With = s.SharedWith ?? "link",
                s.Permission,
                s.ExpiresAt,
                s.MaxAccesses,
                s.AccessCount,
                s.Note,
                s.PinVersion,
                s.PinLabel,
                s.Redact,
                s.AcceptedFindings,
                s.CreatedAt,
                s.DisabledAt,
                s.RevokedAt,
                s.LastAccessedAt,
            })
            .AsAsyncEnumerable(), cancellationToken);
        await WriteAsync(archive, "sharing/comments.json", db.Comments
            .Where(c => c.AuthorId == userId)
            .OrderBy(c => c.Id)
            .Select(c => new { c.Id, c.FileId, c.Version, c.LineFrom, c.LineTo, c.ParentId, c.Body, c.ResolvedAt, c.CreatedAt, c.UpdatedAt })
            .AsAsyncEnumerable(), cancellationToken);
        await WriteAsync(archive, "sharing/suggestions.json", db.Suggestions
            .Where(s => s.AuthorId == userId || s.OwnerId == userId)
            .OrderBy(s => s.Id)
            .Select(s => new
            {
                s.Id,
                s.FileId,
                IsMine = s.AuthorId == userId,
                s.AuthorName,
                s.BaseVersion,
                s.Content,
                s.Message,
                s.Status,
                s.Reason,
                s.Version,
                s.CreatedAt,
                s.DecidedAt,
            })
            .AsAsyncEnumerable(), cancellationToken);
    }

    /// <summary>Row by row: a user's suggestions need not fit in memory.</summary>
    private static async Task WriteAsync<T>(IAccountArchive archive, string path, IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        await using var file = await archive.AddFileAsync(path, cancellationToken);
        await JsonSerializer.SerializeAsync(file, rows, Json, cancellationToken);
    }
}
