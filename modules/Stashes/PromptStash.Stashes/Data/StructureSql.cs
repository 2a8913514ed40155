namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>Structure</c> does besides the model's changes. Part of that migration: never edit it, write a new one.</summary>
internal static class StructureSql
{
    public const string Up =
        """
        -- Lists by name are in byte order, as those by path are.
        CREATE INDEX ix_files_stash_id_name ON stashes.files (stash_id, name COLLATE "C", id) WHERE deleted_at IS NULL;
        """;

    public const string Down = "DROP INDEX stashes.ix_files_stash_id_name;";
}
