namespace PromptStash.Sharing.Data;

/// <summary>What the migration <c>Targets</c> does besides the model's changes. Part of that migration: never edit it, write a new one.</summary>
internal static class SharingSql
{
    /// <summary>What was shared so far were files.</summary>
    public const string FillTargets =
        """
        UPDATE sharing.file_shares SET target_id = file_id;
        ALTER TABLE sharing.file_shares ALTER COLUMN target_id DROP DEFAULT;
        ALTER TABLE sharing.file_shares ALTER COLUMN target_type DROP DEFAULT;
        """;

    /// <summary>The log tells what became of a share; nobody can make it tell something else afterwards. Old rows are only ever removed.</summary>
    public const string KeepLog =
        """
        CREATE FUNCTION sharing.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            RAISE EXCEPTION 'the log of accesses is append-only' USING ERRCODE = 'restrict_violation';
        END
        $function$;
        CREATE TRIGGER tr_share_accesses_immutable BEFORE UPDATE ON sharing.share_accesses
            FOR EACH ROW EXECUTE FUNCTION sharing.refuse_update();
        """;

    /// <summary>The schema before knew files only.</summary>
    public const string Down =
        """
        DROP TRIGGER tr_share_accesses_immutable ON sharing.share_accesses;
        DROP FUNCTION sharing.refuse_update();
        DELETE FROM sharing.file_shares WHERE file_id IS NULL;
        """;
}
