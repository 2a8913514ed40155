namespace PromptStash.IntegrationTests.Database;

public sealed class TheIndexes(PromptStashApp app)
{
    [Theory]
    [InlineData("CREATE UNIQUE INDEX ix_users_email ON identity.users USING btree (email)")]
    [InlineData("CREATE UNIQUE INDEX ix_sessions_token ON identity.sessions USING btree (token)")]
    [InlineData("CREATE INDEX ix_stashes_user_id ON stashes.stashes USING btree (user_id)")]
    [InlineData("CREATE INDEX ix_stashes_user_id_created_at ON stashes.stashes USING btree (user_id, created_at DESC)")]
    [InlineData("CREATE INDEX ix_folders_stash_id_parent_id ON stashes.folders USING btree (stash_id, parent_id)")]
    [InlineData("CREATE INDEX ix_folders_path ON stashes.folders USING btree (path)")]
    [InlineData("CREATE INDEX ix_files_stash_id_folder_id ON stashes.files USING btree (stash_id, folder_id)")]
    [InlineData("CREATE INDEX ix_files_stash_id_updated_at ON stashes.files USING btree (stash_id, updated_at DESC)")]
    [InlineData("CREATE INDEX ix_files_stash_id_file_type ON stashes.files USING btree (stash_id, file_type)")]
    [InlineData("CREATE INDEX ix_files_path ON stashes.files USING btree (path)")]
    [InlineData("CREATE UNIQUE INDEX ix_file_tags_file_id_tag_id ON stashes.file_tags USING btree (file_id, tag_id)")]
    [InlineData("CREATE INDEX ix_file_tags_file_id ON stashes.file_tags USING btree (file_id)")]
    [InlineData("CREATE INDEX ix_file_tags_tag_id ON stashes.file_tags USING btree (tag_id)")]
    [InlineData("CREATE UNIQUE INDEX ix_file_versions_file_id_version ON stashes.file_versions USING btree (file_id, version DESC)")]
    [InlineData("CREATE INDEX ix_file_shares_file_id ON sharing.file_shares USING btree (file_id)")]
    [InlineData("CREATE INDEX ix_file_shares_shared_with ON sharing.file_shares USING btree (shared_with)")]
    [InlineData("CREATE UNIQUE INDEX ix_file_shares_share_token ON sharing.file_shares USING btree (share_token)")]
    public Task Hold_each_one_of_the_seed(string definition) => HoldAsync(definition);

    [Theory]
    [InlineData("CREATE UNIQUE INDEX ix_accounts_provider_id_account_id ON identity.accounts USING btree (provider_id, account_id)")]
    [InlineData("CREATE UNIQUE INDEX ix_two_factors_user_id ON identity.two_factors USING btree (user_id)")]
    [InlineData("CREATE UNIQUE INDEX ix_api_tokens_token ON identity.api_tokens USING btree (token)")]
    [InlineData("CREATE UNIQUE INDEX ix_stashes_user_id_lower_name ON stashes.stashes USING btree (user_id, lower((name)::text)) WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE UNIQUE INDEX ix_stashes_user_id_is_default ON stashes.stashes USING btree (user_id, is_default) WHERE is_default")]
    [InlineData("CREATE UNIQUE INDEX ix_folders_stash_id_lower_path ON stashes.folders USING btree (stash_id, lower(path)) WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE UNIQUE INDEX ix_files_stash_id_lower_path ON stashes.files USING btree (stash_id, lower(path)) WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE INDEX ix_folders_parent_id ON stashes.folders USING btree (parent_id)")]
    [InlineData("CREATE INDEX ix_files_folder_id ON stashes.files USING btree (folder_id)")]
    [InlineData("CREATE INDEX ix_folders_stash_id_path ON stashes.folders USING btree (stash_id, path COLLATE \"C\") WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE INDEX ix_files_stash_id_path ON stashes.files USING btree (stash_id, path COLLATE \"C\") WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE INDEX ix_files_stash_id_name ON stashes.files USING btree (stash_id, name COLLATE \"C\", id) WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE INDEX ix_files_stash_id_id ON stashes.files USING btree (stash_id, id) WHERE (deleted_at IS NULL)")]
    [InlineData("CREATE INDEX ix_files_trash ON stashes.files USING btree (owner_id, deleted_at DESC, id DESC) WHERE (trash_id = id)")]
    [InlineData("CREATE UNIQUE INDEX pk_contents ON stashes.contents USING btree (owner_id, hash)")]
    [InlineData("CREATE UNIQUE INDEX ix_tags_owner_id_lower_name ON stashes.tags USING btree (owner_id, lower((name)::text))")]
    [InlineData("CREATE INDEX ix_share_accesses_share_id_created_at ON sharing.share_accesses USING btree (share_id, created_at DESC)")]
    [InlineData("CREATE UNIQUE INDEX ix_file_shares_target_id_shared_with ON sharing.file_shares USING btree (target_id, shared_with) WHERE ((shared_with IS NOT NULL) AND (revoked_at IS NULL))")]
    [InlineData("CREATE INDEX ix_comments_file_id_created_at ON sharing.comments USING btree (file_id, created_at)")]
    [InlineData("CREATE INDEX ix_outbox_messages_not_before_id ON identity.outbox_messages USING btree (not_before, id)")]
    [InlineData("CREATE INDEX ix_outbox_messages_not_before_id ON stashes.outbox_messages USING btree (not_before, id)")]
    [InlineData("CREATE INDEX ix_outbox_messages_not_before_id ON sharing.outbox_messages USING btree (not_before, id)")]
    public Task Hold_what_the_design_adds(string definition) => HoldAsync(definition);

    [Theory(DisplayName = "Fault 24: There is an index for whatever a search asks")]
    [InlineData("CREATE INDEX ix_file_search_owner_id_vector ON stashes.file_search USING gin (owner_id, vector)")]
    [InlineData("CREATE INDEX ix_file_search_owner_id_fields ON stashes.file_search USING gin (owner_id, fields)")]
    [InlineData("CREATE INDEX ix_file_search_owner_id_name ON stashes.file_search USING gin (owner_id, name gin_trgm_ops)")]
    [InlineData("CREATE INDEX ix_file_search_owner_id_file_id ON stashes.file_search USING btree (owner_id, uuid_send(file_id))")]
    public Task Hold_what_a_search_asks(string definition) => HoldAsync(definition);

    [Fact]
    public async Task Are_all_valid()
    {
        await using var database = await app.OpenDatabaseAsync();

        Assert.Empty(await database.ColumnAsync("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready)"));
    }

    private async Task HoldAsync(string definition)
    {
        await using var database = await app.OpenDatabaseAsync();
        var table = definition.Split(" ON ")[1].Split(' ')[0];

        var found = await database.ColumnAsync("SELECT indexdef FROM pg_indexes WHERE schemaname || '.' || tablename = $1", table);

        Assert.Contains(definition, found);
    }
}
