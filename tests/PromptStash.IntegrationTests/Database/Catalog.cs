using System.Text.RegularExpressions;

namespace PromptStash.IntegrationTests.Database;

/// <summary>Everything that a migration can make, read back from the catalogs: two databases are alike when their descriptions are.</summary>
internal static class Catalog
{
    private static readonly Regex Place = new(@"^(column \S+)\.\d+(?= )");

    /// <summary>Without pg_stat_statements and amcheck, which monitoring and the verification of backups make where they need them.</summary>
    private const string Query =
        """
        WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('identity', 'stashes', 'sharing', 'public')),
        of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
        SELECT 'extension ' || extname FROM pg_extension WHERE extname NOT IN ('pg_stat_statements', 'amcheck')
        UNION ALL
        SELECT 'schema ' || nspname FROM ours
        UNION ALL
        SELECT format('relation %s.%s %s', n.nspname, c.relname, c.relkind) FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
        WHERE ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)
        UNION ALL
        SELECT format('column %s.%s.%s %s %s %s not null %s default %s identity %s', n.nspname, c.relname, a.attnum, a.attname,
            format_type(a.atttypid, a.atttypmod), a.attcompression, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ours n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'S')
            AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)
        UNION ALL
        SELECT format('index %s valid %s ready %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN ours n ON n.oid = c.relnamespace
        UNION ALL
        SELECT format('constraint %s on %s.%s %s validated %s', o.conname, n.nspname, c.relname, pg_get_constraintdef(o.oid), o.convalidated)
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN ours n ON n.oid = c.relnamespace
        UNION ALL
        SELECT format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN ours n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal
        UNION ALL
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace
        WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM of_extensions)
        UNION ALL
        SELECT format('enum %s.%s %s', n.nspname, t.typname, (SELECT string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
        FROM pg_type t JOIN ours n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
        ORDER BY 1
        """;

    private const string History =
        """
        SELECT 'identity ' || migration_id FROM identity."__EFMigrationsHistory"
        UNION ALL SELECT 'stashes ' || migration_id FROM stashes."__EFMigrationsHistory"
        UNION ALL SELECT 'sharing ' || migration_id FROM sharing."__EFMigrationsHistory"
        ORDER BY 1
        """;

    /// <summary>The fixture's own database was migrated once, by one worker that nobody disturbed.</summary>
    public static async Task IsLikeACleanOneAsync(PromptStashApp app, string database)
    {
        var clean = await DescribeAsync(app, "promptstash");
        var found = await DescribeAsync(app, database);

        Assert.NotEmpty(clean);
        Assert.Equal(clean, found);
    }

    /// <summary>The same but for the places of columns: PostgreSQL puts one that is added again behind all others.</summary>
    public static async Task IsLikeACleanOneInAnyOrderAsync(PromptStashApp app, string database)
    {
        var clean = await DescribeAsync(app, "promptstash");
        var found = await DescribeAsync(app, database);

        Assert.NotEmpty(clean);
        Assert.Equal(clean.Select(WithoutPlace).Order(StringComparer.Ordinal), found.Select(WithoutPlace).Order(StringComparer.Ordinal));
    }

    private static string WithoutPlace(string line) => Place.Replace(line, "$1");

    public static async Task<List<string>> DescribeAsync(PromptStashApp app, string database)
    {
        await using var connection = await app.OpenDatabaseAsync(database);

        return [.. await connection.ColumnAsync(Query), .. await connection.ColumnAsync(History)];
    }
}
