using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Data;

internal sealed class SharingDbContext(DbContextOptions<SharingDbContext> options) : DbContext(options)
{
    public const string Schema = "sharing";

    public const string UniqueLiveGrant = "ix_file_shares_target_id_shared_with";
    public const string PrimaryKey = "pk_file_shares";

    public DbSet<Share> Shares => Set<Share>();
    public DbSet<ShareAccess> ShareAccesses => Set<ShareAccess>();
    public DbSet<Comment> Comments => Set<Comment>();
    public DbSet<Suggestion> Suggestions => Set<Suggestion>();
    public DbSet<AttemptCounter> AttemptCounters => Set<AttemptCounter>();
    public DbSet<VisitorKey> VisitorKeys => Set<VisitorKey>();

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
            share.Property(s => s.TargetType)
                .HasConversion(kind => kind.ToString().ToUpperInvariant(), text => Enum.Parse<TargetKind>(text, ignoreCase: true))
                .HasMaxLength(6);
            share.Property(s => s.Note).HasMaxLength(Share.NoteMaxLength);
            share.Property(s => s.PinLabel).HasMaxLength(Share.PinLabelMaxLength);

            // Not on the token alone: many links to one thing are fine, two grants to one person are not.
            share.HasIndex(s => new { s.TargetId, s.SharedWith }).IsUnique(UniqueLiveGrant)
                .HasFilter("shared_with IS NOT NULL AND revoked_at IS NULL");
            share.HasIndex(s => s.TargetId);
            share.HasIndex(s => s.ExpiresAt).HasFilter("revoked_at IS NULL");
            share.HasIndex(s => s.FileId);
            share.HasIndex(s => s.SharedWith);
            share.HasIndex(s => s.ShareToken).IsUnique();
            share.HasIndex(s => s.CreatedBy);
            share.ToTable("file_shares", table =>
            {
                table.HasCheckConstraint("ck_file_shares_person_or_link", "(shared_with IS NULL) <> (share_token IS NULL)");
                table.HasCheckConstraint("ck_file_shares_target", "target_type IN ('FILE', 'FOLDER', 'STASH') AND file_id IS NOT DISTINCT FROM CASE WHEN target_type = 'FILE' THEN target_id END");
                table.HasCheckConstraint("ck_file_shares_pin", "pin_version IS NULL AND pin_label IS NULL OR target_type = 'FILE' AND num_nonnulls(pin_version, pin_label) = 1");
                table.HasCheckConstraint("ck_file_shares_no_editing_link", "share_token IS NULL OR permission <> 'EDIT'");
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

        modelBuilder.Entity<Suggestion>(suggestion =>
        {
            suggestion.Property(s => s.Status)
                .HasConversion(status => status.ToString().ToUpperInvariant(), text => Enum.Parse<SuggestionStatus>(text, ignoreCase: true))
                .HasMaxLength(9);
            suggestion.Property(s => s.Message).HasMaxLength(Suggestion.MessageMaxLength);
            suggestion.Property(s => s.Reason).HasMaxLength(Suggestion.ReasonMaxLength);
            suggestion.Property(s => s.AuthorName).HasMaxLength(Comment.AuthorNameMaxLength);
            suggestion.HasIndex(s => new { s.FileId, s.Id });
            suggestion.HasIndex(s => s.OwnerId);
            suggestion.HasIndex(s => s.AuthorId);
            suggestion.HasIndex(s => s.DecidedAt).HasFilter("decided_at IS NOT NULL");
            suggestion.HasIndex(s => s.ClaimedAt).HasFilter("status = 'OPEN' AND claimed_at IS NOT NULL");
            suggestion.ToTable(table =>
            {
                table.HasCheckConstraint("ck_suggestions_author", "(author_id IS NULL) <> (author_name IS NULL)");
                table.HasCheckConstraint("ck_suggestions_status", "status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'WITHDRAWN') AND (status = 'OPEN') = (decided_at IS NULL)");
                table.HasCheckConstraint("ck_suggestions_version", "(status = 'ACCEPTED') = (version IS NOT NULL)");
            });
        });

        modelBuilder.Entity<AttemptCounter>(counter =>
        {
            counter.HasKey(c => c.Key);
            counter.HasIndex(c => c.WindowEndsAt);
        });

        modelBuilder.Entity<VisitorKey>().Property(k => k.Id).ValueGeneratedNever();
        modelBuilder.UseApplicationIds();
    }
}
