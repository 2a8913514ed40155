using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;

namespace PromptStash.Identity.Data;

internal sealed class IdentityDbContext(DbContextOptions<IdentityDbContext> options) : DbContext(options), IDataProtectionKeyContext
{
    public const string Schema = "identity";
    public const string UniqueEmail = "ix_users_email";
    public const string UniqueProviderAccount = "ix_accounts_provider_id_account_id";

    public DbSet<User> Users => Set<User>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Account> Accounts => Set<Account>();
    public DbSet<Verification> Verifications => Set<Verification>();
    public DbSet<TwoFactor> TwoFactors => Set<TwoFactor>();
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();
    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();
    public DbSet<AttemptCounter> AttemptCounters => Set<AttemptCounter>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddOutbox();

        modelBuilder.Entity<User>(user =>
        {
            user.Property(u => u.Name).HasMaxLength(User.NameMaxLength);
            user.Property(u => u.Email).HasMaxLength(User.EmailMaxLength);
            user.Property(u => u.Image).HasMaxLength(User.ImageMaxLength);
            user.HasIndex(u => u.Email).IsUnique(UniqueEmail);
        });

        modelBuilder.Entity<Session>(session =>
        {
            session.Property(s => s.IpAddress).HasMaxLength(Session.IpAddressMaxLength);
            session.Property(s => s.UserAgent).HasMaxLength(Session.UserAgentMaxLength);
            session.HasIndex(s => s.Token).IsUnique();
            session.HasIndex(s => s.UserId);
            session.HasIndex(s => s.ExpiresAt);
        });

        modelBuilder.Entity<Account>(account =>
        {
            account.HasIndex(a => new { a.ProviderId, a.AccountId }).IsUnique(UniqueProviderAccount);
            account.HasIndex(a => a.UserId);
        });

        modelBuilder.Entity<Verification>(verification =>
        {
            verification.HasIndex(v => v.Identifier).IsUnique();
            verification.HasIndex(v => v.Value).IsUnique();
            verification.HasIndex(v => v.ExpiresAt);
        });

        modelBuilder.Entity<TwoFactor>().HasIndex(t => t.UserId).IsUnique();

        modelBuilder.Entity<ApiToken>(token =>
        {
            token.Property(t => t.Name).HasMaxLength(ApiToken.NameMaxLength);
            token.HasIndex(t => t.Token).IsUnique();
            token.HasIndex(t => t.UserId);
        });

        modelBuilder.Entity<AuditEvent>(audit =>
        {
            audit.Property(a => a.Type).HasMaxLength(AuditEvent.TypeMaxLength);
            audit.Property(a => a.Detail).HasMaxLength(AuditEvent.DetailMaxLength);
            audit.Property(a => a.IpAddress).HasMaxLength(Session.IpAddressMaxLength);
            audit.Property(a => a.UserAgent).HasMaxLength(Session.UserAgentMaxLength);
            audit.HasIndex(a => new { a.UserId, a.Id });
            audit.HasIndex(a => a.OccurredAt);
        });

        modelBuilder.Entity<AttemptCounter>(counter =>
        {
            counter.HasKey(c => c.Key);
            counter.HasIndex(c => c.WindowEndsAt);
        });

        modelBuilder.UseApplicationIds();
    }
}
