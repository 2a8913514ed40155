namespace PromptStash.Sharing.Data;

/// <summary>What the migration <c>AppendOnlyLog</c> does. Part of that migration: never edit it, write a new one.</summary>
internal static class AppendOnlyLogSql
{
    /// <summary>
    /// A line of the log goes with its share, whose deletion cascades to it from within a trigger, or when the job that ages lines out says that it
    /// is at work (<c>sharing.retention</c>, for its transaction). Whoever else deletes one is refused, as was everybody who changes one.
    /// </summary>
    public const string Up =
        """
        CREATE OR REPLACE FUNCTION sharing.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            IF TG_OP = 'DELETE' AND (pg_trigger_depth() > 1 OR current_setting('sharing.retention', true) = 'on') THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'the log of accesses is append-only' USING ERRCODE = 'restrict_violation';
        END
        $function$;
        CREATE OR REPLACE TRIGGER tr_share_accesses_immutable BEFORE UPDATE OR DELETE ON sharing.share_accesses
            FOR EACH ROW EXECUTE FUNCTION sharing.refuse_update();
        """;

    /// <summary>The schema before let everybody delete lines.</summary>
    public const string Down =
        """
        CREATE OR REPLACE TRIGGER tr_share_accesses_immutable BEFORE UPDATE ON sharing.share_accesses
            FOR EACH ROW EXECUTE FUNCTION sharing.refuse_update();
        """;
}
