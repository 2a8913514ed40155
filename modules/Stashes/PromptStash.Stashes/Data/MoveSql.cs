namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>LightMoves</c> does. Part of that migration: never edit it, write a new one.</summary>
internal static class MoveSql
{
    public const string Up =
        """
        -- A file that moves is written anew, its text with it as long as that lies in the same row, and copied twice more for the triggers.
        -- So a text goes to the table beside sooner than PostgreSQL would put it there: rows that are too long are cut to 1 KiB, not to 2.
        -- That holds for what is written from now on, and takes no lock that a reader or a writer waits for.
        ALTER TABLE stashes.files SET (toast_tuple_target = 1024);

        -- What is at a path, looked up in the index whatever the planner believes. Of tables that were never analysed it expects one file in a
        -- stash: it would compare many paths with all that are there, or read the stash for each of them by any index that begins with it.
        -- So the first path is asked for that is not before this one: only one index has that order, and nothing but the order narrows the
        -- table. PostgreSQL puts such functions in the place where they are called.
        CREATE FUNCTION stashes.file_at(at_stash uuid, at_path text) RETURNS SETOF stashes.files LANGUAGE sql STABLE AS $function$
            SELECT f.* FROM (
                SELECT o.* FROM stashes.files AS o
                WHERE (o.stash_id, lower(o.path)) >= (at_stash, lower(at_path)) AND o.deleted_at IS NULL
                ORDER BY o.stash_id, lower(o.path) LIMIT 1) AS f
            WHERE f.stash_id = at_stash AND lower(f.path) = lower(at_path)
        $function$;
        CREATE FUNCTION stashes.folder_at(at_stash uuid, at_path text) RETURNS SETOF stashes.folders LANGUAGE sql STABLE AS $function$
            SELECT f.* FROM (
                SELECT o.* FROM stashes.folders AS o
                WHERE (o.stash_id, lower(o.path)) >= (at_stash, lower(at_path)) AND o.deleted_at IS NULL
                ORDER BY o.stash_id, lower(o.path) LIMIT 1) AS f
            WHERE f.stash_id = at_stash AND lower(f.path) = lower(at_path)
        $function$;

        CREATE OR REPLACE FUNCTION stashes.refuse_path_clash() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            stash_ids uuid[];
            others text := CASE TG_TABLE_NAME WHEN 'files' THEN 'folder_at' ELSE 'file_at' END;
            clashes boolean;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                SELECT array_agg(DISTINCT stash_id ORDER BY stash_id) INTO stash_ids FROM after WHERE deleted_at IS NULL;
            ELSE
                SELECT array_agg(DISTINCT stash_id ORDER BY stash_id) INTO stash_ids
                FROM (
                    SELECT id, stash_id, path FROM after WHERE deleted_at IS NULL
                    EXCEPT
                    SELECT id, stash_id, path FROM before WHERE deleted_at IS NULL) AS changed;
            END IF;
            IF stash_ids IS NULL THEN
                RETURN NULL;
            END IF;
            PERFORM 1 FROM stashes.stashes WHERE id = ANY (stash_ids) ORDER BY id FOR NO KEY UPDATE;
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM after AS a CROSS JOIN LATERAL stashes.%I(a.stash_id, a.path) WHERE a.deleted_at IS NULL)',
                others) INTO clashes;
            IF clashes AND TG_TABLE_NAME = 'files' THEN
                RAISE EXCEPTION 'a folder has this path' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tr_files_path_clash';
            END IF;
            IF clashes THEN
                RAISE EXCEPTION 'a file has this path' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tr_folders_path_clash';
            END IF;
            RETURN NULL;
        END
        $function$;
        """;

    /// <summary>The check of clashes as the migration <c>Storage</c> made it.</summary>
    public const string Down =
        """
        ALTER TABLE stashes.files RESET (toast_tuple_target);
        CREATE OR REPLACE FUNCTION stashes.refuse_path_clash() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            stash_ids uuid[];
            others text := CASE TG_TABLE_NAME WHEN 'files' THEN 'folders' ELSE 'files' END;
            clashes boolean;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                SELECT array_agg(DISTINCT stash_id ORDER BY stash_id) INTO stash_ids FROM after WHERE deleted_at IS NULL;
            ELSE
                SELECT array_agg(DISTINCT stash_id ORDER BY stash_id) INTO stash_ids
                FROM (
                    SELECT id, stash_id, path FROM after WHERE deleted_at IS NULL
                    EXCEPT
                    SELECT id, stash_id, path FROM before WHERE deleted_at IS NULL) AS changed;
            END IF;
            IF stash_ids IS NULL THEN
                RETURN NULL;
            END IF;
            PERFORM 1 FROM stashes.stashes WHERE id = ANY (stash_ids) ORDER BY id FOR NO KEY UPDATE;
            EXECUTE format(
                'SELECT EXISTS (
                    SELECT FROM after AS a JOIN stashes.%I AS o ON o.stash_id = a.stash_id AND lower(o.path) = lower(a.path)
                    WHERE a.deleted_at IS NULL AND o.deleted_at IS NULL)', others) INTO clashes;
            IF clashes AND TG_TABLE_NAME = 'files' THEN
                RAISE EXCEPTION 'a folder has this path' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tr_files_path_clash';
            END IF;
            IF clashes THEN
                RAISE EXCEPTION 'a file has this path' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tr_folders_path_clash';
            END IF;
            RETURN NULL;
        END
        $function$;
        DROP FUNCTION stashes.file_at(uuid, text);
        DROP FUNCTION stashes.folder_at(uuid, text);
        """;
}
