namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>TextUse</c> does. Part of that migration: never edit it, write a new one.</summary>
internal static class TextUseSql
{
    public const string Up =
        """
        CREATE FUNCTION stashes.note_text() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            CASE TG_OP
                WHEN 'INSERT' THEN
                    INSERT INTO stashes.text_changes (owner_id, bytes)
                    SELECT owner_id, sum(size) FROM after GROUP BY owner_id HAVING sum(size) <> 0;
                WHEN 'DELETE' THEN
                    INSERT INTO stashes.text_changes (owner_id, bytes)
                    SELECT owner_id, -sum(size) FROM before GROUP BY owner_id HAVING sum(size) <> 0;
                ELSE
                    INSERT INTO stashes.text_changes (owner_id, bytes)
                    SELECT owner_id, sum(size)
                    FROM (SELECT owner_id, size FROM after UNION ALL SELECT owner_id, -size FROM before) AS changed
                    GROUP BY owner_id HAVING sum(size) <> 0;
            END CASE;
            RETURN NULL;
        END
        $function$;
        CREATE TRIGGER tr_files_text_insert AFTER INSERT ON stashes.files
            REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_text();
        CREATE TRIGGER tr_files_text_update AFTER UPDATE ON stashes.files
            REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_text();
        CREATE TRIGGER tr_files_text_delete AFTER DELETE ON stashes.files
            REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_text();

        -- Whoever writes files waits for this transaction: making a trigger locks the table against it, so what is counted here is all there is.
        INSERT INTO stashes.text_changes (owner_id, bytes)
        SELECT owner_id, sum(size) FROM stashes.files GROUP BY owner_id HAVING sum(size) <> 0;

        -- The text of a file is parsed again only where something of it is another: the check of findings writes what it finds, and mostly
        -- that is what was there. OLD is not to be had in a trigger that is for INSERT, too.
        DROP TRIGGER tr_files_search ON stashes.files;
        CREATE TRIGGER tr_files_search_insert AFTER INSERT ON stashes.files
            FOR EACH ROW EXECUTE FUNCTION stashes.keep_file_search();
        CREATE TRIGGER tr_files_search_update AFTER UPDATE OF name, description, fields, content ON stashes.files
            FOR EACH ROW WHEN ((OLD.name, OLD.description, OLD.fields, OLD.content) IS DISTINCT FROM (NEW.name, NEW.description, NEW.fields, NEW.content))
            EXECUTE FUNCTION stashes.keep_file_search();
        """;

    public const string Down =
        """
        DROP TRIGGER tr_files_search_insert ON stashes.files;
        DROP TRIGGER tr_files_search_update ON stashes.files;
        CREATE TRIGGER tr_files_search AFTER INSERT OR UPDATE OF name, description, fields, content ON stashes.files
            FOR EACH ROW EXECUTE FUNCTION stashes.keep_file_search();
        DROP TRIGGER tr_files_text_insert ON stashes.files;
        DROP TRIGGER tr_files_text_update ON stashes.files;
        DROP TRIGGER tr_files_text_delete ON stashes.files;
        DROP FUNCTION stashes.note_text();
        """;
}
