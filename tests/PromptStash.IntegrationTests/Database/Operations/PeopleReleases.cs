using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using PromptStash.BuildingBlocks;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>
/// A release of the small program of docs/operations.md's example, which keeps people's names: by this model its API reads and writes, and these
/// migrations its worker knows.
/// </summary>
internal abstract class PeopleRelease(DbContextOptions options) : DbContext(options)
{
    public const string Schema = "people";

    /// <summary>The migrations of this release, each with its id.</summary>
    public abstract IReadOnlyList<Type> Migrations { get; }

    public abstract Task<string?> ReadAsync(int number, CancellationToken cancellationToken);

    /// <summary>Whether there is such a person.</summary>
    public abstract Task<bool> RenameAsync(int number, string name, CancellationToken cancellationToken);

    public abstract Task AddAsync(Guid id, int number, string name, CancellationToken cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.UseApplicationIds();
    }
}

/// <summary>Knows the one column.</summary>
internal sealed class FirstRelease(DbContextOptions<FirstRelease> options) : WholeNameRelease(options)
{
    public override IReadOnlyList<Type> Migrations => [typeof(Initial)];
}

/// <summary>The first one, and a unique index that its rows may not have.</summary>
internal sealed class UniqueNameRelease(DbContextOptions<UniqueNameRelease> options) : WholeNameRelease(options)
{
    public override IReadOnlyList<Type> Migrations => [typeof(Initial), typeof(IndexNames)];
}

/// <summary>The first one, which drops its only column and does not say that it is the contract phase.</summary>
internal sealed class CarelessRelease(DbContextOptions<CarelessRelease> options) : WholeNameRelease(options)
{
    public override IReadOnlyList<Type> Migrations => [typeof(Initial), typeof(DropNameAtOnce)];
}

/// <summary>Writes all three columns; still reads the old one, because the first release writes only that.</summary>
internal sealed class SecondRelease(DbContextOptions<SecondRelease> options) : BothNamesRelease(options)
{
    public override IReadOnlyList<Type> Migrations => [typeof(Initial), typeof(AddNameParts), typeof(IndexLastNames)];

    public override Task<string?> ReadAsync(int number, CancellationToken cancellationToken) =>
        People.Where(person => person.Number == number).Select(person => (string?)person.Name).SingleOrDefaultAsync(cancellationToken);
}

/// <summary>Reads the new columns, which every row has by now; still writes the old one, because the second release reads it.</summary>
internal sealed class ThirdRelease(DbContextOptions<ThirdRelease> options) : BothNamesRelease(options)
{
    public override IReadOnlyList<Type> Migrations => [typeof(Initial), typeof(AddNameParts), typeof(IndexLastNames)];

    public override async Task<string?> ReadAsync(int number, CancellationToken cancellationToken)
    {
        var parts = await People.Where(person => person.Number == number).Select(person => new { person.FirstName, person.LastName }).SingleOrDefaultAsync(cancellationToken);

        return parts is null ? null : new NameParts(parts.FirstName!, parts.LastName!).ToString();
    }
}

/// <summary>Knows the new columns only.</summary>
internal sealed class FourthRelease(DbContextOptions<FourthRelease> options) : NamePartsRelease(options)
{
    public override IReadOnlyList<Type> Migrations =>
        [typeof(Initial), typeof(AddNameParts), typeof(IndexLastNames), typeof(CheckNameParts), typeof(ValidateNameParts), typeof(RequireNameParts)];
}

/// <summary>Takes the old column away.</summary>
internal sealed class FifthRelease(DbContextOptions<FifthRelease> options) : NamePartsRelease(options)
{
    public override IReadOnlyList<Type> Migrations =>
        [typeof(Initial), typeof(AddNameParts), typeof(IndexLastNames), typeof(CheckNameParts), typeof(ValidateNameParts), typeof(RequireNameParts), typeof(DropName)];
}

/// <summary>The model of the first release.</summary>
internal abstract class WholeNameRelease(DbContextOptions options) : PeopleRelease(options)
{
    private DbSet<Person> People => Set<Person>();

    public override Task<string?> ReadAsync(int number, CancellationToken cancellationToken) =>
        People.Where(person => person.Number == number).Select(person => (string?)person.Name).SingleOrDefaultAsync(cancellationToken);

    public override async Task<bool> RenameAsync(int number, string name, CancellationToken cancellationToken)
    {
        if (await People.SingleOrDefaultAsync(person => person.Number == number, cancellationToken) is not { } found)
        {
            return false;
        }

        found.Name = name;
        await SaveChangesAsync(cancellationToken);

        return true;
    }

    public override Task AddAsync(Guid id, int number, string name, CancellationToken cancellationToken)
    {
        People.Add(new() { Id = id, Number = number, Name = name });

        return SaveChangesAsync(cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Person>().ToTable("people");
        base.OnModelCreating(modelBuilder);
    }

    private sealed class Person
    {
        public Guid Id { get; init; }

        public int Number { get; init; }

        public required string Name { get; set; }
    }
}

/// <summary>The model of the second and the third release: old and new columns.</summary>
internal abstract class BothNamesRelease(DbContextOptions options) : PeopleRelease(options)
{
    protected DbSet<Person> People => Set<Person>();

    public override async Task<bool> RenameAsync(int number, string name, CancellationToken cancellationToken)
    {
        if (await People.SingleOrDefaultAsync(person => person.Number == number, cancellationToken) is not { } found)
        {
            return false;
        }

        (found.Name, (found.FirstName, found.LastName)) = (name, NameParts.Of(name));
        await SaveChangesAsync(cancellationToken);

        return true;
    }

    public override Task AddAsync(Guid id, int number, string name, CancellationToken cancellationToken)
    {
        var (first, last) = NameParts.Of(name);
        People.Add(new() { Id = id, Number = number, Name = name, FirstName = first, LastName = last });

        return SaveChangesAsync(cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Person>().ToTable("people");
        base.OnModelCreating(modelBuilder);
    }

    protected sealed class Person
    {
        public Guid Id { get; init; }

        public int Number { get; init; }

        public required string Name { get; set; }

        public string? FirstName { get; set; }

        public string? LastName { get; set; }
    }
}

/// <summary>The model of the releases from the fourth on.</summary>
internal abstract class NamePartsRelease(DbContextOptions options) : PeopleRelease(options)
{
    private DbSet<Person> People => Set<Person>();

    public override async Task<string?> ReadAsync(int number, CancellationToken cancellationToken)
    {
        var parts = await People.Where(person => person.Number == number).Select(person => new { person.FirstName, person.LastName }).SingleOrDefaultAsync(cancellationToken);

        return parts is null ? null : new NameParts(parts.FirstName, parts.LastName).ToString();
    }

    public override async Task<bool> RenameAsync(int number, string name, CancellationToken cancellationToken)
    {
        if (await People.SingleOrDefaultAsync(person => person.Number == number, cancellationToken) is not { } found)
        {
            return false;
        }

        (found.FirstName, found.LastName) = NameParts.Of(name);
        await SaveChangesAsync(cancellationToken);

        return true;
    }

    public override Task AddAsync(Guid id, int number, string name, CancellationToken cancellationToken)
    {
        var (first, last) = NameParts.Of(name);
        People.Add(new() { Id = id, Number = number, FirstName = first, LastName = last });

        return SaveChangesAsync(cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Person>().ToTable("people");
        base.OnModelCreating(modelBuilder);
    }

    private sealed class Person
    {
        public Guid Id { get; init; }

        public int Number { get; init; }

        public required string FirstName { get; set; }

        public required string LastName { get; set; }
    }
}

/// <summary>A name of any number of words in two parts, of which the second may be empty. Program and database must split alike.</summary>
internal readonly record struct NameParts(string First, string Last)
{
    private const string FirstSql = "split_part(name, ' ', 1)";
    private const string LastSql = "substr(name, length(split_part(name, ' ', 1)) + 2)";

    /// <summary>All rows whose parts do not say what the name says: also those that the first release has written after they had been split.</summary>
    public static BackfillPlan Backfill(string table) =>
        new(table, $"first_name = {FirstSql}, last_name = {LastSql}", $"(first_name, last_name) IS DISTINCT FROM ({FirstSql}, {LastSql})");

    public static NameParts Of(string name) => name.Split(' ', 2) is [var first, var last] ? new(first, last) : new(name, "");

    public override string ToString() => Last.Length == 0 ? First : $"{First} {Last}";
}

[Migration("20260101000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.EnsureSchema(PeopleRelease.Schema);
        migrationBuilder.CreateTable(
            "people",
            table => new
            {
                id = table.Column<Guid>("uuid", nullable: false),
                number = table.Column<int>("integer", nullable: false),
                name = table.Column<string>("text", nullable: false),
            },
            PeopleRelease.Schema,
            table => table.PrimaryKey("pk_people", row => row.id));
        migrationBuilder.CreateIndex("ix_people_number", "people", "number", PeopleRelease.Schema, unique: true);
    }
}

/// <summary>Expands.</summary>
[Migration("20260102000000_AddNameParts")]
internal sealed class AddNameParts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("first_name", "people", "text", schema: PeopleRelease.Schema, nullable: true);
        migrationBuilder.AddColumn<string>("last_name", "people", "text", schema: PeopleRelease.Schema, nullable: true);
    }
}

/// <summary>Expands.</summary>
[Migration("20260102000001_IndexLastNames")]
internal sealed class IndexLastNames : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_people_last_name", "people", "last_name", PeopleRelease.Schema).Annotation("Npgsql:CreatedConcurrently", true);
}

/// <summary>Contracts: new rows have both parts from now on.</summary>
[Migration("20260103000000_CheckNameParts")]
internal sealed class CheckNameParts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "ALTER TABLE people.people ADD CONSTRAINT ck_people_name_parts CHECK (first_name IS NOT NULL AND last_name IS NOT NULL) NOT VALID;");
}

/// <summary>Contracts: so have the old ones, which are looked at while users work.</summary>
[Migration("20260103000001_ValidateNameParts")]
internal sealed class ValidateNameParts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE people.people VALIDATE CONSTRAINT ck_people_name_parts;");
}

/// <summary>Contracts: the columns say so, and the fourth release may leave the old one out.</summary>
[Migration("20260103000002_RequireNameParts")]
[ContractPhase("Each release since the second writes both parts, and a check that was validated says that every row has them.")]
internal sealed class RequireNameParts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<string>("first_name", "people", "text", schema: PeopleRelease.Schema, oldClrType: typeof(string), oldType: "text", oldNullable: true);
        migrationBuilder.AlterColumn<string>("last_name", "people", "text", schema: PeopleRelease.Schema, oldClrType: typeof(string), oldType: "text", oldNullable: true);
        migrationBuilder.AlterColumn<string>("name", "people", "text", schema: PeopleRelease.Schema, nullable: true, oldClrType: typeof(string), oldType: "text");
    }
}

/// <summary>Contracts.</summary>
[Migration("20260104000000_DropName")]
[ContractPhase("Only the fourth release runs, which does not know the column.")]
internal sealed class DropName : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropCheckConstraint("ck_people_name_parts", "people", PeopleRelease.Schema);
        migrationBuilder.DropColumn("name", "people", PeopleRelease.Schema);
    }
}

[Migration("20260102000000_DropNameAtOnce")]
internal sealed class DropNameAtOnce : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("name", "people", PeopleRelease.Schema);
}

[Migration("20260102000000_IndexNames")]
internal sealed class IndexNames : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_people_name", "people", "name", PeopleRelease.Schema, unique: true).Annotation("Npgsql:CreatedConcurrently", true);
}

/// <summary>The migrations of a release: all releases are in one assembly here, where EF Core looks for those of a context.</summary>
internal sealed class MigrationsOfARelease(ICurrentDbContext current) : IMigrationsAssembly
{
    public IReadOnlyDictionary<string, TypeInfo> Migrations { get; } = new SortedList<string, TypeInfo>(((PeopleRelease)current.Context).Migrations.ToDictionary(
        type => type.GetCustomAttribute<MigrationAttribute>()!.Id, type => type.GetTypeInfo()), StringComparer.Ordinal);

    public ModelSnapshot? ModelSnapshot => null;

    public Assembly Assembly => typeof(PeopleRelease).Assembly;

    public string? FindMigrationId(string nameOrId) => Migrations.Keys.SingleOrDefault(id => id == nameOrId || id.EndsWith("_" + nameOrId, StringComparison.Ordinal));

    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        var migration = (Migration)Activator.CreateInstance(migrationClass.AsType())!;
        migration.ActiveProvider = activeProvider;

        return migration;
    }
}

internal static class PeopleReleases
{
    /// <summary>Registers a release as the product registers a module.</summary>
    public static IServiceCollection AddRelease<TRelease>(this IServiceCollection services)
        where TRelease : PeopleRelease =>
        services.AddModuleDatabase<TRelease>(PeopleRelease.Schema, configure: npgsql =>
            ((IRelationalDbContextOptionsBuilderInfrastructure)npgsql).OptionsBuilder.ReplaceService<IMigrationsAssembly, MigrationsOfARelease>());
}
