using System.Text.RegularExpressions;

namespace PromptStash.ArchitectureTests;

/// <summary>docs/operations.md promises a test for each of its rows.</summary>
public sealed partial class ReadingTheOperationsGuide
{
    /// <summary>Every heading, command and practice of the guide that this one stands for.</summary>
    private static readonly string[] InTheGuide =
    [
        "Quick Setup", "Option 1: Docker", "Option 2: Local PostgreSQL Installation", "Environment Configuration", "1. Web App", "2. API Server", "3. Database Package",
        "Database Initialization", "Step 1: Generate Prisma Client", "Step 2: Run Migrations", "Step 3: Seed Database", "db:generate", "db:migrate", "db:seed",
        "Database Schema", "`User`", "`Session`", "`Account`", "`Verification`", "`TwoFactor`", "`Stash`", "`Folder`", "`File`", "`Tag`", "`FileTag`", "`FileVersion`", "`FileShare`",
        "`StashScope`", "`FileType`", "`SharePermission`", "Prisma Client Generation", "Create a New Migration", "db:migrate:create", "Apply Existing Migrations", "Reset Database", "db:reset",
        "Development Rollback", "Production Rollback", "reverse migration", "Emergency Rollback", "full backup", "tested in staging", "rollback plan documented",
        "rollback migration prepared", "team notified", "monitoring and alerts", "handles both schemas", "Zero-Downtime Migration Strategy", "Prisma Studio", "Database Seeding",
        "Production Setup", "Environment Variables", "SSL/TLS Configuration", "Connection Pooling: Accelerate", "Connection Pooling: PgBouncer", "Running Migrations in Production", "prisma migrate deploy",
        "Backup Database", "--schema-only", "--data-only", "Restore Database", "Can't reach database server", "Prisma Client not generated", "Migration failed", "Column does not exist", "Slow Queries",
        "Schema Changes", "never edit generated files", "on a copy", "Type Safety", "Transactions", "Efficient Queries", "Soft Deletes", "Query Performance", "Database Size", "Connection Count",
    ];

    /// <summary>The rows of the table, without its head.</summary>
    private static readonly List<string> Table =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs", "operations.md"))
            .SkipWhile(line => !line.StartsWith("## The guide", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1),
    ];

    [Fact]
    public void Finds_a_row_for_everything_in_the_guide() =>
        Rule.HoldsFor(InTheGuide, name => Table.Exists(row => row.Split('|')[1].Contains(name, StringComparison.Ordinal)));

    [Fact]
    public void Finds_every_test_that_it_names()
    {
        var classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet();

        Assert.True(Table.Count > 45, $"The table has {Table.Count} rows.");
        Rule.HoldsFor(
            Table.SelectMany(row => Quoted.Matches(row.Split('|')[^2]).DefaultIfEmpty(Match.Empty).Select(test => (row, test.Groups["name"].Value))),
            test => classes.Contains(test.Value),
            test => $"'{test.Value}' is not a test: {test.row}");
    }

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted { get; }
}
