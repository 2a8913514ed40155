namespace PromptStash.IntegrationTests.Database;

public sealed class TheMigratedDatabase(PromptStashApp app)
{
    private const string OurSchemas = "('identity', 'stashes', 'sharing')";

    public static TheoryData<string, string, string, bool> SeedColumns =>
        new(Seed.Columns.Select(column => (column.Table, column.Column, column.Type, column.Nullable)));

    public static TheoryData<string> SeedTables => new(Seed.Tables);

    [Theory]
    [MemberData(nameof(SeedColumns))]
    public async Task Has_every_field_of_the_seeds_models(string table, string column, string type, bool nullable)
    {
        await using var database = await app.OpenDatabaseAsync();

        var found = await database.ScalarAsync<string>(
            """
            SELECT CASE data_type WHEN 'USER-DEFINED' THEN udt_schema || '.' || udt_name ELSE data_type END || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END
            FROM information_schema.columns WHERE table_schema || '.' || table_name = $1 AND column_name = $2
            """, table, column);

        Assert.Contains(found, Seed.TypesFor(type).Select(name => nullable ? name + "?" : name));
    }

    [Theory]
    [InlineData("identity.users", "security_stamp", "text")]
    [InlineData("identity.attempt_counters", "count", "integer")]
    [InlineData("identity.attempt_counters", "window_ends_at", "timestamp with time zone")]
    [InlineData("identity.audit_events", "user_id", "uuid?")]
    [InlineData("identity.verifications", "attempts", "integer")]
    [InlineData("identity.sessions", "token", "bytea")]
    [InlineData("identity.sessions", "absolute_expires_at", "timestamp with time zone")]
    [InlineData("identity.two_factors", "last_step", "bigint?")]
    [InlineData("identity.two_factors", "failed_count", "integer")]
    [InlineData("identity.api_tokens", "token", "bytea")]
    [InlineData("identity.data_protection_keys", "xml", "text?")]
    [InlineData("stashes.stashes", "deleted_at", "timestamp with time zone?")]
    [InlineData("stashes.folders", "deleted_at", "timestamp with time zone?")]
    [InlineData("stashes.files", "deleted_at", "timestamp with time zone?")]
    [InlineData("stashes.files", "kind", "stashes.file_kind")]
    [InlineData("stashes.files", "content_hash", "bytea")]
    [InlineData("stashes.files", "size", "integer")]
    [InlineData("stashes.files", "owner_id", "uuid")]
    [InlineData("stashes.files", "trash_id", "uuid?")]
    [InlineData("stashes.folders", "trash_id", "uuid?")]
    [InlineData("stashes.files", "fields", "ARRAY")]
    [InlineData("stashes.file_search", "vector", "tsvector")]
    [InlineData("stashes.contents", "codec", "smallint")]
    [InlineData("stashes.file_labels", "version", "integer")]
    [InlineData("stashes.file_versions", "message", "character varying?")]
    [InlineData("stashes.usage_changes", "bytes", "bigint")]
    [InlineData("stashes.file_versions", "content_hash", "bytea")]
    [InlineData("stashes.file_versions", "size", "integer")]
    [InlineData("stashes.tags", "owner_id", "uuid")]
    [InlineData("sharing.file_shares", "share_token", "bytea?")]
    [InlineData("sharing.file_shares", "password_hash", "text?")]
    [InlineData("sharing.file_shares", "max_accesses", "integer?")]
    [InlineData("sharing.file_shares", "access_count", "integer")]
    [InlineData("sharing.file_shares", "revoked_at", "timestamp with time zone?")]
    [InlineData("sharing.file_shares", "last_accessed_at", "timestamp with time zone?")]
    [InlineData("sharing.file_shares", "target_id", "uuid")]
    [InlineData("sharing.share_accesses", "share_id", "uuid")]
    [InlineData("sharing.comments", "body", "character varying")]
    [InlineData("identity.outbox_messages", "payload", "jsonb")]
    [InlineData("stashes.outbox_messages", "payload", "jsonb")]
    [InlineData("sharing.outbox_messages", "payload", "jsonb")]
    public async Task Has_what_the_design_adds_to_the_seed(string table, string column, string type)
    {
        await using var database = await app.OpenDatabaseAsync();

        var found = await database.ScalarAsync<string>(
            """
            SELECT CASE WHEN data_type = 'USER-DEFINED' THEN udt_schema || '.' || udt_name ELSE data_type END || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END
            FROM information_schema.columns WHERE table_schema || '.' || table_name = $1 AND column_name = $2
            """, table, column);

        Assert.Equal(type, found);
    }

    [Theory]
    [MemberData(nameof(SeedTables))]
    public async Task Has_the_id_as_the_primary_key(string table)
    {
        await using var database = await app.OpenDatabaseAsync();

        var key = await database.ScalarAsync<string>(
            "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = $1::text::regclass", table);

        Assert.Equal($"pk_{table.Split('.')[1]} PRIMARY KEY (id)", key);
    }

    [Theory]
    [InlineData("identity.sessions", "FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE")]
    [InlineData("identity.accounts", "FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE")]
    [InlineData("identity.two_factors", "FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE")]
    [InlineData("identity.api_tokens", "FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE")]
    [InlineData("stashes.folders", "FOREIGN KEY (stash_id) REFERENCES stashes.stashes(id) ON DELETE CASCADE")]
    [InlineData("stashes.folders", "FOREIGN KEY (parent_id) REFERENCES stashes.folders(id) ON DELETE SET NULL")]
    [InlineData("stashes.files", "FOREIGN KEY (stash_id) REFERENCES stashes.stashes(id) ON DELETE CASCADE")]
    [InlineData("stashes.files", "FOREIGN KEY (folder_id) REFERENCES stashes.folders(id) ON DELETE SET NULL")]
    [InlineData("stashes.file_tags", "FOREIGN KEY (file_id) REFERENCES stashes.files(id) ON DELETE CASCADE")]
    [InlineData("stashes.file_tags", "FOREIGN KEY (tag_id) REFERENCES stashes.tags(id) ON DELETE CASCADE")]
    [InlineData("stashes.file_versions", "FOREIGN KEY (file_id) REFERENCES stashes.files(id) ON DELETE CASCADE")]
    [InlineData("stashes.file_versions", "FOREIGN KEY (owner_id, content_hash) REFERENCES stashes.contents(owner_id, hash)")]
    [InlineData("stashes.contents", "FOREIGN KEY (owner_id, base_hash) REFERENCES stashes.contents(owner_id, hash)")]
    [InlineData("sharing.share_accesses", "FOREIGN KEY (share_id) REFERENCES sharing.file_shares(id) ON DELETE CASCADE")]
    [InlineData("sharing.comments", "FOREIGN KEY (parent_id) REFERENCES sharing.comments(id) ON DELETE CASCADE")]
    public async Task Has_the_relation_as_a_foreign_key(string table, string definition)
    {
        await using var database = await app.OpenDatabaseAsync();

        var keys = await database.ColumnAsync(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = $1::text::regclass", table);

        Assert.Contains(definition, keys);
    }

    [Fact]
    public async Task Has_no_foreign_key_from_one_schema_into_another()
    {
        await using var database = await app.OpenDatabaseAsync();

        var keys = await database.ColumnAsync(
            $"""
            SELECT c.conname || CASE WHEN f.relnamespace <> t.relnamespace THEN ' crosses' ELSE '' END
            FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
            WHERE c.contype = 'f' AND t.relnamespace::regnamespace::text IN {OurSchemas}
            """);

        Assert.NotEmpty(keys);
        Assert.DoesNotContain(keys, key => key.EndsWith(" crosses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Has_an_index_behind_every_foreign_key()
    {
        await using var database = await app.OpenDatabaseAsync();

        var bare = await database.ColumnAsync(
            $"""
            SELECT c.conrelid::regclass || ' ' || c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
            WHERE c.contype = 'f' AND t.relnamespace::regnamespace::text IN {OurSchemas}
              AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL AND i.indkey[0] = c.conkey[1])
            """);

        Assert.Empty(bare);
    }

    [Theory]
    [InlineData("stashes.stash_scope", "USER PROJECT PLUGIN MARKETPLACE")]
    [InlineData("stashes.file_type", "MARKDOWN JSON JSONL YAML TEXT")]
    [InlineData("stashes.file_kind", "AGENT SKILL COMMAND HOOKS SETTINGS MCP SESSION PLUGIN MARKETPLACE RULE MEMORY OUTPUT_STYLE OTHER")]
    [InlineData("sharing.share_permission", "VIEW EDIT COMMENT")]
    public async Task Spells_the_values_of_an_enum_as_the_seed_does(string type, string values)
    {
        await using var database = await app.OpenDatabaseAsync();

        var labels = await database.ColumnAsync("SELECT enumlabel FROM pg_enum WHERE enumtypid = $1::text::regtype", type);

        Assert.Equal(values.Split(' ').Order(StringComparer.Ordinal), labels.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ck_tags_color", "stashes.tags")]
    [InlineData("ck_file_shares_person_or_link", "sharing.file_shares")]
    [InlineData("ck_file_shares_access_count", "sharing.file_shares")]
    [InlineData("ck_file_shares_target", "sharing.file_shares")]
    [InlineData("ck_file_shares_pin", "sharing.file_shares")]
    [InlineData("ck_file_shares_no_editing_link", "sharing.file_shares")]
    [InlineData("ck_comments_author", "sharing.comments")]
    [InlineData("ck_comments_lines", "sharing.comments")]
    public async Task Checks_what_a_column_alone_cannot_say(string name, string table)
    {
        await using var database = await app.OpenDatabaseAsync();

        var validated = await database.ScalarAsync<bool>(
            "SELECT convalidated FROM pg_constraint WHERE contype = 'c' AND conname = $1 AND conrelid = $2::text::regclass", name, table);

        Assert.True(validated);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("stashes")]
    [InlineData("sharing")]
    public async Task Keeps_a_history_of_migrations_in_each_schema(string schema)
    {
        await using var database = await app.OpenDatabaseAsync();

        Assert.NotEmpty(await database.ColumnAsync($"SELECT migration_id FROM {schema}.\"__EFMigrationsHistory\""));
    }

    [Fact]
    public async Task Has_nothing_of_ours_in_the_public_schema()
    {
        await using var database = await app.OpenDatabaseAsync();

        Assert.Empty(await database.ColumnAsync(
            """
            SELECT relname::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            """));
    }

    [Fact]
    public async Task Folds_the_case_of_letters_beyond_ASCII()
    {
        await using var database = await app.OpenDatabaseAsync();

        Assert.Equal("é", await database.ScalarAsync<string>("SELECT lower('É')"));
    }
}
