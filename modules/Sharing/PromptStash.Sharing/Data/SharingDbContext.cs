using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace PromptStash.Sharing.Data;

internal sealed class SharingDbContext(DbContextOptions<SharingDbContext> options) : DbContext(options)
{
    public const string Schema = "sharing";

    public DbSet<Share> Shares => Set<Share>();
    public DbSet<ShareAccess> ShareAccesses => Set<ShareAccess>();
    public DbSet<Comment> Comments => Set<Comment>();

    /// <summary>PostgreSQL's enums, for the connection pool.</summary>
    public static void MapTypes(NpgsqlDataSourceBuilder source) => source.MapEnum<SharePermission>($"{Schema}.share_permission");

    /// <summary>The same enums, for EF Core's model.</summary>
    public static void MapTypes(NpgsqlDbContextOptionsBuilder npgsql) => npgsql.MapEnum<SharePermission>("share_permission", Schema);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddOutbox();

        modelBuilder.Entity<Share>(share =>
        {
            share.Property(s => s.SharedWith).HasMaxLength(254);
            share.HasIndex(s => s.FileId);
            share.HasIndex(s => s.SharedWith);
            share.HasIndex(s => s.ShareToken).IsUnique();
            share.HasIndex(s => s.CreatedBy);
            share.ToTable("file_shares", table =>
            {
                table.HasCheckConstraint("ck_file_shares_person_or_link", "(shared_with IS NULL) <> (share_token IS NULL)");
                table.HasCheckConstraint("ck_file_shares_access_count", "access_count >= 0 AND (max_accesses IS NULL OR access_count <= max_accesses)");
            });
        });

        modelBuilder.Entity<ShareAccess>(access =>
        {
            access.HasOne(a => a.Share).WithMany(s => s.Accesses);
            access.Property(a => a.Action).HasMaxLength(20);
            access.Property(a => a.Outcome).HasMaxLength(20);
            access.HasIndex(a => new { a.ShareId, a.CreatedAt }).IsDescending(false, true);
            access.HasIndex(a => a.CreatedAt);
        });

        modelBuilder.Entity<Comment>(comment =>
        {
            comment.HasOne(c => c.Parent).WithMany(c => c.Replies).OnDelete(DeleteBehavior.Cascade);
            comment.Property(c => c.Body).HasMaxLength(Comment.BodyMaxLength);
            comment.Property(c => c.AuthorName).HasMaxLength(Comment.AuthorNameMaxLength);
            comment.HasIndex(c => new { c.FileId, c.CreatedAt });
            comment.ToTable(table =>
            {
                table.HasCheckConstraint("ck_comments_author", "(author_id IS NULL) <> (author_name IS NULL)");
                table.HasCheckConstraint("ck_comments_lines", "line_from IS NULL AND line_to IS NULL OR line_from >= 1 AND line_to >= line_from");
            });
        });
        modelBuilder.UseApplicationIds();
    }
}
