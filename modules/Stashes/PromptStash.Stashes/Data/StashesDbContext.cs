using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace PromptStash.Stashes.Data;

internal sealed class StashesDbContext(DbContextOptions<StashesDbContext> options) : DbContext(options)
{
    public const string Schema = "stashes";
    public const string UniqueStashName = "ix_stashes_user_id_lower_name";
    public const string UniqueDefaultStash = "ix_stashes_user_id_is_default";
    public const string UniqueFolderPath = "ix_folders_stash_id_lower_path";
    public const string UniqueFilePath = "ix_files_stash_id_lower_path";
    public const string FileInPlaceOfFolder = "tr_folders_path_clash";
    public const string FolderInPlaceOfFile = "tr_files_path_clash";
    public const string UniqueTagName = "ix_tags_owner_id_lower_name";
    public const string UniqueVersion = "ix_file_versions_file_id_version";

    /// <summary>What is violated by something that would stand where something else does.</summary>
    public static readonly string[] PathConstraints = [UniqueFolderPath, UniqueFilePath, FileInPlaceOfFolder, FolderInPlaceOfFile];

    public DbSet<Stash> Stashes => Set<Stash>();
    public DbSet<DefaultStash> DefaultStashes => Set<DefaultStash>();
    public DbSet<Folder> Folders => Set<Folder>();
    public DbSet<StashFile> Files => Set<StashFile>();
    public DbSet<FileVersion> FileVersions => Set<FileVersion>();
    public DbSet<Tag> Tags => Set<Tag>();
    public DbSet<FileTag> FileTags => Set<FileTag>();
    public DbSet<Content> Contents => Set<Content>();
    public DbSet<FileLabel> FileLabels => Set<FileLabel>();
    public DbSet<FileSearch> FileSearch => Set<FileSearch>();
    public DbSet<UsageChange> UsageChanges => Set<UsageChange>();
    public DbSet<TextChange> TextChanges => Set<TextChange>();
    public DbSet<CheckDue> ChecksDue => Set<CheckDue>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    /// <summary>PostgreSQL's enums, for the connection pool.</summary>
    public static void MapTypes(NpgsqlDataSourceBuilder source)
    {
        source.MapEnum<StashScope>($"{Schema}.stash_scope");
        source.MapEnum<FileType>($"{Schema}.file_type", UpperSnakeCase.Names);
        source.MapEnum<FileKind>($"{Schema}.file_kind", UpperSnakeCase.Names);
    }

    /// <summary>The same enums, for EF Core's model.</summary>
    public static void MapTypes(NpgsqlDbContextOptionsBuilder npgsql) => npgsql
        .MapEnum<StashScope>("stash_scope", Schema)
        .MapEnum<FileType>("file_type", Schema, UpperSnakeCase.Names)
        .MapEnum<FileKind>("file_kind", Schema, UpperSnakeCase.Names);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddOutbox();

        // Indexes on expressions (lower(path), lower(name)) and partial ones that EF Core cannot describe are in the migration's SQL.
        modelBuilder.Entity<Stash>(stash =>
        {
            stash.Property(s => s.Name).HasMaxLength(Stash.NameMaxLength);
            stash.Property(s => s.Description).HasMaxLength(Stash.DescriptionMaxLength);
            stash.HasIndex(s => s.UserId);
            stash.HasIndex(s => new { s.UserId, s.CreatedAt }).IsDescending(false, true);
            stash.HasIndex(s => s.DeletedAt).HasFilter("deleted_at IS NOT NULL");
            stash.HasIndex(s => new { s.UserId, s.IsDefault }).IsUnique(UniqueDefaultStash).HasFilter("is_default");
        });

        modelBuilder.Entity<DefaultStash>().HasKey(given => given.UserId);

        modelBuilder.Entity<Folder>(folder =>
        {
            folder.HasOne(f => f.Parent).WithMany(f => f.Children).OnDelete(DeleteBehavior.SetNull);
            folder.HasIndex(f => new { f.StashId, f.ParentId });
            folder.HasIndex(f => f.Path);
            folder.HasIndex(f => f.TrashId).HasFilter("trash_id IS NOT NULL");

            // The trash lists what was thrown away by itself, which is what its own id is the trash id of.
            folder.HasIndex(f => new { f.StashId, f.DeletedAt }).HasDatabaseName("ix_folders_trash").HasFilter("trash_id = id");
            folder.HasIndex(f => f.DeletedAt).HasDatabaseName("ix_folders_trash_deleted_at").HasFilter("trash_id = id");
        });

        modelBuilder.Entity<StashFile>(file =>
        {
            file.ToTable("files");

            // What was thrown away before its folder was stays in the trash when the folder is purged; it knows its path.
            file.HasOne(f => f.Folder).WithMany(f => f.Files).OnDelete(DeleteBehavior.SetNull);

            // Every index has to be written to for every file that moves, and for every new version. So there is none for the rarer questions,
            // for a kind or in the order of sizes: a stash's files are read for them, 10,000 of them in some 10 ms.
            file.HasIndex(f => new { f.StashId, f.FolderId });
            file.HasIndex(f => new { f.StashId, f.UpdatedAt }).IsDescending(false, true);
            file.HasIndex(f => new { f.StashId, f.FileType });
            file.HasIndex(f => f.Path);
            file.HasIndex(f => f.TrashId).HasFilter("trash_id IS NOT NULL");
            file.HasIndex(f => new { f.OwnerId, f.DeletedAt }).IsDescending(false, true).HasFilter("deleted_at IS NOT NULL");
            file.HasIndex(f => new { f.OwnerId, f.DeletedAt, f.Id }).IsDescending(false, true, true).HasDatabaseName("ix_files_trash").HasFilter("trash_id = id");
            file.HasIndex(f => f.DeletedAt).HasDatabaseName("ix_files_trash_deleted_at").HasFilter("trash_id = id");
            file.HasIndex(f => new { f.StashId, f.Id }).HasFilter("deleted_at IS NULL");
        });

        modelBuilder.Entity<FileVersion>(version =>
        {
            version.HasIndex(v => new { v.FileId, v.Version }).IsDescending(false, true).IsUnique(UniqueVersion);
            version.Property(v => v.Message).HasMaxLength(FileVersion.MessageMaxLength);
            version.HasOne(v => v.Content).WithMany().HasForeignKey(v => new { v.OwnerId, v.ContentHash }).OnDelete(DeleteBehavior.NoAction);
        });

        modelBuilder.Entity<Content>(content =>
        {
            content.HasKey(c => new { c.OwnerId, c.Hash });
            content.HasOne(c => c.Base).WithMany().HasForeignKey(c => new { c.OwnerId, c.BaseHash }).OnDelete(DeleteBehavior.NoAction);
            content.ToTable(table => table.HasCheckConstraint("ck_contents_base", "(codec = 2) = (base_hash IS NOT NULL) AND (depth > 0) = (codec = 2)"));
        });

        modelBuilder.Entity<FileLabel>(label =>
        {
            label.HasKey(l => new { l.FileId, l.Name });
            label.Property(l => l.Name).HasMaxLength(FileLabel.NameMaxLength);
            label.HasOne(l => l.File).WithMany(f => f.Labels);
        });

        modelBuilder.Entity<FileSearch>(search =>
        {
            search.ToTable("file_search");
            search.HasKey(s => s.FileId);
            search.HasOne(s => s.File).WithOne().HasForeignKey<FileSearch>(s => s.FileId);
        });

        modelBuilder.Entity<UsageChange>(change =>
        {
            change.Property(c => c.Id).UseIdentityAlwaysColumn();
            change.HasIndex(c => c.OwnerId);
        });

        modelBuilder.Entity<TextChange>(change =>
        {
            change.Property(c => c.Id).UseIdentityAlwaysColumn();
            change.HasIndex(c => c.OwnerId);
        });

        modelBuilder.Entity<CheckDue>(due =>
        {
            due.ToTable("checks_due");
            due.Property(d => d.Id).UseIdentityAlwaysColumn();
        });

        modelBuilder.Entity<Tag>(tag =>
        {
            tag.Property(t => t.Name).HasMaxLength(Tag.NameMaxLength);
            tag.Property(t => t.Color).HasMaxLength(Tag.ColorLength);
            tag.ToTable(table => table.HasCheckConstraint("ck_tags_color", "color ~ '^#[0-9A-Fa-f]{6}$'"));
        });

        modelBuilder.Entity<FileTag>(tag =>
        {
            tag.HasOne(t => t.File).WithMany(f => f.Tags);
            tag.HasOne(t => t.Tag).WithMany(t => t.Files);
            tag.HasIndex(t => new { t.FileId, t.TagId }).IsUnique();
            tag.HasIndex(t => t.FileId);
            tag.HasIndex(t => t.TagId);
        });

        modelBuilder.Entity<IdempotencyKey>(key =>
        {
            key.HasKey(k => new { k.UserId, k.Key });
            key.Property(k => k.Key).HasMaxLength(IdempotencyKey.KeyMaxLength);
            // json, not jsonb: the repeated answer is the first one to the byte.
            key.Property(k => k.Response).HasColumnType("json");
            key.HasIndex(k => k.CreatedAt);
        });
        modelBuilder.UseApplicationIds();
    }
}
