namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>FewerIndexes</c> does besides the model's changes. Part of that migration: never edit it, write a new one.</summary>
internal static class IndexSql
{
    public const string Up =
        """
        CREATE FUNCTION stashes.note_check_due() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            INSERT INTO stashes.checks_due (stash_id)
            SELECT DISTINCT stash_id FROM after WHERE checked_rules IS NULL AND deleted_at IS NULL;
            RETURN NULL;
        END
        $function$;
        CREATE TRIGGER tr_files_check_due_insert AFTER INSERT ON stashes.files
            REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_check_due();
        CREATE TRIGGER tr_files_check_due_update AFTER UPDATE ON stashes.files
            REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_check_due();

        -- Whoever writes files waits for this transaction: making a trigger locks the table against it, so what is found here is all there is.
        INSERT INTO stashes.checks_due (stash_id)
        SELECT DISTINCT stash_id FROM stashes.files WHERE checked_rules IS NULL AND deleted_at IS NULL;

        -- What the planner knows of some stashes and owners it does not know of a new one: it expects nothing there, and would as soon read all of
        -- the stash by any index that begins with it as one row by the index that leads there, for each of thousands of rows. Of a column without
        -- statistics it expects the same for all, a two-hundredth of the table.
        ALTER TABLE stashes.files ALTER COLUMN stash_id SET STATISTICS 0;
        ALTER TABLE stashes.folders ALTER COLUMN stash_id SET STATISTICS 0;
        ALTER TABLE stashes.contents ALTER COLUMN owner_id SET STATISTICS 0;

        -- A text by its hash, from its place in the index: PostgreSQL puts such functions in the place where they are called, but never turns a
        -- join round of which one side has an order. It would read all of an owner's texts and compare each with each.
        CREATE FUNCTION stashes.content_of(of_owner uuid, of_hash bytea) RETURNS SETOF stashes.contents LANGUAGE sql STABLE AS $function$
            SELECT c.* FROM stashes.contents AS c WHERE c.owner_id = of_owner AND c.hash = of_hash ORDER BY c.owner_id, c.hash
        $function$;

        -- Of many files at once the folders between the first and the last of them are read in one go, instead of one look for each file: files
        -- that move together lie together, so there is little between them. Of many folders it would be the files, which are more than they.
        CREATE OR REPLACE FUNCTION stashes.refuse_path_clash() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            others text := CASE TG_TABLE_NAME WHEN 'files' THEN 'folder_at' ELSE 'file_at' END;
            stash_ids uuid[];
            changes bigint;
            first_path text;
            last_path text;
            clashes boolean;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                SELECT array_agg(DISTINCT stash_id ORDER BY stash_id), count(*), min(lower(path)), max(lower(path))
                INTO stash_ids, changes, first_path, last_path
                FROM after WHERE deleted_at IS NULL;
            ELSE
                SELECT array_agg(DISTINCT stash_id ORDER BY stash_id), count(*), min(lower(path)), max(lower(path))
                INTO stash_ids, changes, first_path, last_path
                FROM (
                    SELECT id, stash_id, path FROM after WHERE deleted_at IS NULL
                    EXCEPT
                    SELECT id, stash_id, path FROM before WHERE deleted_at IS NULL) AS changed;
            END IF;
            IF stash_ids IS NULL THEN
                RETURN NULL;
            END IF;
            PERFORM 1 FROM stashes.stashes WHERE id = ANY (stash_ids) ORDER BY id FOR NO KEY UPDATE;
            IF TG_TABLE_NAME = 'files' AND changes > 100 THEN
                SELECT EXISTS (
                    SELECT stash_id, lower(path) FROM after WHERE deleted_at IS NULL
                    INTERSECT
                    SELECT stash_id, lower(path) FROM stashes.folders
                    WHERE stash_id = ANY (stash_ids) AND lower(path) BETWEEN first_path AND last_path AND deleted_at IS NULL) INTO clashes;
            ELSE
                EXECUTE format(
                    'SELECT EXISTS (SELECT FROM after AS a CROSS JOIN LATERAL stashes.%I(a.stash_id, a.path) WHERE a.deleted_at IS NULL)',
                    others) INTO clashes;
            END IF;
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

    /// <summary>The check of clashes as the migration <c>LightMoves</c> made it.</summary>
    public const string Down =
        """
        DROP TRIGGER tr_files_check_due_insert ON stashes.files;
        DROP TRIGGER tr_files_check_due_update ON stashes.files;
        DROP FUNCTION stashes.note_check_due();
        DROP FUNCTION stashes.content_of(uuid, bytea);
        ALTER TABLE stashes.files ALTER COLUMN stash_id SET STATISTICS -1;
        ALTER TABLE stashes.folders ALTER COLUMN stash_id SET STATISTICS -1;
        ALTER TABLE stashes.contents ALTER COLUMN owner_id SET STATISTICS -1;
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
}
