namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>Storage</c> does besides the model's changes. Part of that migration: never edit it, write a new one.</summary>
internal static class StorageSql
{
    public const string DropReplaced =
        """
        DROP TRIGGER tr_files_search_vector ON stashes.files;
        DROP FUNCTION stashes.set_search_vector();
        DROP TRIGGER tr_files_path_clash ON stashes.files;
        DROP TRIGGER tr_folders_path_clash ON stashes.folders;
        DROP FUNCTION stashes.refuse_path_clash();
        """;

    /// <summary>Contents leave their versions: each is stored once for its owner, as it is; what is written from now on is packed.</summary>
    public const string MoveContents =
        """
        UPDATE stashes.files AS f SET owner_id = s.user_id FROM stashes.stashes AS s WHERE s.id = f.stash_id;

        ALTER TABLE stashes.file_versions DISABLE TRIGGER tr_file_versions_immutable;
        UPDATE stashes.file_versions AS v SET owner_id = f.owner_id FROM stashes.files AS f WHERE f.id = v.file_id;
        ALTER TABLE stashes.file_versions ENABLE TRIGGER tr_file_versions_immutable;

        INSERT INTO stashes.contents (owner_id, hash, codec, base_hash, depth, size, data)
        SELECT DISTINCT ON (owner_id, content_hash) owner_id, content_hash, 0, NULL, 0, size, convert_to(content, 'UTF8')
        FROM stashes.file_versions
        ORDER BY owner_id, content_hash;

        -- Threw something away: it was the thing itself, because nothing else could be yet.
        UPDATE stashes.files SET trash_id = id WHERE deleted_at IS NOT NULL;
        UPDATE stashes.folders SET trash_id = id WHERE deleted_at IS NOT NULL;

        INSERT INTO stashes.usage_changes (owner_id, stashes, files, bytes)
        SELECT user_id, count(*), 0, 0 FROM stashes.stashes GROUP BY user_id
        UNION ALL SELECT owner_id, 0, count(*), 0 FROM stashes.files GROUP BY owner_id
        UNION ALL SELECT owner_id, 0, 0, sum(size) FROM stashes.contents GROUP BY owner_id;

        -- Only for the rows that were there: a row without its owner must not be possible.
        ALTER TABLE stashes.files ALTER COLUMN owner_id DROP DEFAULT;
        ALTER TABLE stashes.file_versions ALTER COLUMN owner_id DROP DEFAULT;
        """;

    /// <summary>SQL cannot unpack what the application packed.</summary>
    public const string RefuseToLose =
        """
        DO $do$
        BEGIN
            IF EXISTS (SELECT FROM stashes.contents WHERE codec <> 0) THEN
                RAISE EXCEPTION 'stashes.contents holds packed texts, which this migration cannot bring back: restore a backup instead';
            END IF;
        END
        $do$;
        """;

    public const string Down =
        """
        DROP TRIGGER tr_stashes_usage_insert ON stashes.stashes;
        DROP TRIGGER tr_stashes_usage_delete ON stashes.stashes;
        DROP TRIGGER tr_files_usage_insert ON stashes.files;
        DROP TRIGGER tr_files_usage_delete ON stashes.files;
        DROP TRIGGER tr_contents_usage_insert ON stashes.contents;
        DROP TRIGGER tr_contents_usage_delete ON stashes.contents;
        DROP FUNCTION stashes.note_usage();
        DROP TRIGGER tr_files_path_clash_insert ON stashes.files;
        DROP TRIGGER tr_files_path_clash_update ON stashes.files;
        DROP TRIGGER tr_folders_path_clash_insert ON stashes.folders;
        DROP TRIGGER tr_folders_path_clash_update ON stashes.folders;
        DROP FUNCTION stashes.refuse_path_clash();
        DROP TRIGGER tr_files_search ON stashes.files;
        DROP FUNCTION stashes.keep_file_search();
        """;

    public const string MoveContentsBack =
        """
        ALTER TABLE stashes.file_versions ALTER COLUMN content DROP DEFAULT;
        ALTER TABLE stashes.file_versions DISABLE TRIGGER tr_file_versions_immutable;
        UPDATE stashes.file_versions AS v SET content = convert_from(c.data, 'UTF8')
        FROM stashes.contents AS c WHERE c.owner_id = v.owner_id AND c.hash = v.content_hash;
        ALTER TABLE stashes.file_versions ENABLE TRIGGER tr_file_versions_immutable;
        """;

    public const string Up =
        """
        -- Packed already; PostgreSQL need not try to pack it again.
        ALTER TABLE stashes.contents ALTER COLUMN data SET STORAGE EXTERNAL;

        -- Full text search: in a table of its own. Punctuation in names is a word break here: the parser would take 'code-reviewer.md' for
        -- one host name. A tsvector holds at most 1 MiB, so of a very long text the beginning is indexed.
        CREATE FUNCTION stashes.keep_file_search() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            words text := regexp_replace(NEW.name, '[^[:alnum:]]+', ' ', 'g');
            head tsvector :=
                setweight(to_tsvector('pg_catalog.english', words), 'A') ||
                setweight(to_tsvector('pg_catalog.simple', words), 'A') ||
                setweight(to_tsvector('pg_catalog.english', COALESCE(NEW.description, '')), 'B');
            whole tsvector;
        BEGIN
            BEGIN
                whole := head || setweight(to_tsvector('pg_catalog.english', left(NEW.content, 200000)), 'D');
            EXCEPTION WHEN program_limit_exceeded THEN
                whole := head || setweight(to_tsvector('pg_catalog.english', left(NEW.content, 20000)), 'D');
            END;
            INSERT INTO stashes.file_search (file_id, owner_id, name, fields, vector)
            VALUES (NEW.id, NEW.owner_id, NEW.name, NEW.fields, whole)
            ON CONFLICT (file_id) DO UPDATE SET name = excluded.name, fields = excluded.fields, vector = excluded.vector;
            RETURN NULL;
        END
        $function$;
        CREATE TRIGGER tr_files_search AFTER INSERT OR UPDATE OF name, description, fields, content ON stashes.files
            FOR EACH ROW EXECUTE FUNCTION stashes.keep_file_search();
        UPDATE stashes.files SET name = name;

        -- One owner's entries lie together in the index, so a word that everybody uses does not lead through everybody's files.
        CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;
        CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
        CREATE INDEX ix_file_search_owner_id_vector ON stashes.file_search USING gin (owner_id, vector);
        CREATE INDEX ix_file_search_owner_id_fields ON stashes.file_search USING gin (owner_id, fields);
        CREATE INDEX ix_file_search_owner_id_name ON stashes.file_search USING gin (owner_id, name public.gin_trgm_ops);

        -- The check of paths that a file and a folder would share looks at all rows of a statement at once: a folder that moves takes
        -- thousands with it. It takes the stash's row lock first, as before: whoever else changes the stash's structure waits, and
        -- what the check reads afterwards stays true until the commit.
        --
        -- A function's plans are kept for the session, so one that was made for a single row would go on to compare ten thousand rows
        -- with ten thousand. That is why what changed is found by EXCEPT, not by a join, and why the check is planned each time.
        CREATE FUNCTION stashes.refuse_path_clash() RETURNS trigger LANGUAGE plpgsql AS $function$
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
        CREATE TRIGGER tr_files_path_clash_insert AFTER INSERT ON stashes.files
            REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.refuse_path_clash();
        CREATE TRIGGER tr_files_path_clash_update AFTER UPDATE ON stashes.files
            REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.refuse_path_clash();
        CREATE TRIGGER tr_folders_path_clash_insert AFTER INSERT ON stashes.folders
            REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.refuse_path_clash();
        CREATE TRIGGER tr_folders_path_clash_update AFTER UPDATE ON stashes.folders
            REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stashes.refuse_path_clash();

        -- What an owner keeps, the trash and all history included, is the sum of these rows.
        CREATE FUNCTION stashes.note_usage() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
        BEGIN
            CASE TG_TABLE_NAME
                WHEN 'stashes' THEN
                    INSERT INTO stashes.usage_changes (owner_id, stashes, files, bytes)
                    SELECT user_id, sign * count(*), 0, 0 FROM changed GROUP BY user_id;
                WHEN 'files' THEN
                    INSERT INTO stashes.usage_changes (owner_id, stashes, files, bytes)
                    SELECT owner_id, 0, sign * count(*), 0 FROM changed GROUP BY owner_id;
                WHEN 'contents' THEN
                    INSERT INTO stashes.usage_changes (owner_id, stashes, files, bytes)
                    SELECT owner_id, 0, 0, sign * sum(size) FROM changed GROUP BY owner_id;
            END CASE;
            RETURN NULL;
        END
        $function$;
        CREATE TRIGGER tr_stashes_usage_insert AFTER INSERT ON stashes.stashes
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_usage();
        CREATE TRIGGER tr_stashes_usage_delete AFTER DELETE ON stashes.stashes
            REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_usage();
        CREATE TRIGGER tr_files_usage_insert AFTER INSERT ON stashes.files
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_usage();
        CREATE TRIGGER tr_files_usage_delete AFTER DELETE ON stashes.files
            REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_usage();
        CREATE TRIGGER tr_contents_usage_insert AFTER INSERT ON stashes.contents
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_usage();
        CREATE TRIGGER tr_contents_usage_delete AFTER DELETE ON stashes.contents
            REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stashes.note_usage();
        """;

    /// <summary>As the migration <c>Initial</c> made them.</summary>
    public const string RestoreReplaced =
        """
        CREATE FUNCTION stashes.refuse_path_clash() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            IF NEW.deleted_at IS NOT NULL THEN
                RETURN NEW;
            END IF;
            PERFORM 1 FROM stashes.stashes WHERE id = NEW.stash_id FOR NO KEY UPDATE;
            IF TG_TABLE_NAME = 'files' AND EXISTS (
                SELECT FROM stashes.folders
                WHERE stash_id = NEW.stash_id AND lower(path) = lower(NEW.path) AND deleted_at IS NULL)
            THEN
                RAISE EXCEPTION 'a folder has this path' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tr_files_path_clash';
            END IF;
            IF TG_TABLE_NAME = 'folders' AND EXISTS (
                SELECT FROM stashes.files
                WHERE stash_id = NEW.stash_id AND lower(path) = lower(NEW.path) AND deleted_at IS NULL)
            THEN
                RAISE EXCEPTION 'a file has this path' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tr_folders_path_clash';
            END IF;
            RETURN NEW;
        END
        $function$;
        CREATE TRIGGER tr_files_path_clash BEFORE INSERT OR UPDATE OF path, deleted_at ON stashes.files
            FOR EACH ROW EXECUTE FUNCTION stashes.refuse_path_clash();
        CREATE TRIGGER tr_folders_path_clash BEFORE INSERT OR UPDATE OF path, deleted_at ON stashes.folders
            FOR EACH ROW EXECUTE FUNCTION stashes.refuse_path_clash();
        CREATE FUNCTION stashes.set_search_vector() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            names tsvector :=
                setweight(to_tsvector('pg_catalog.english', regexp_replace(NEW.name, '[^[:alnum:]]+', ' ', 'g')), 'A') ||
                setweight(to_tsvector('pg_catalog.english', regexp_replace(NEW.path, '[^[:alnum:]]+', ' ', 'g')), 'B');
        BEGIN
            NEW.search_vector := names || setweight(to_tsvector('pg_catalog.english', left(NEW.content, 200000)), 'D');
            RETURN NEW;
        EXCEPTION WHEN program_limit_exceeded THEN
            NEW.search_vector := names || setweight(to_tsvector('pg_catalog.english', left(NEW.content, 20000)), 'D');
            RETURN NEW;
        END
        $function$;
        CREATE TRIGGER tr_files_search_vector BEFORE INSERT OR UPDATE OF name, path, content ON stashes.files
            FOR EACH ROW EXECUTE FUNCTION stashes.set_search_vector();
        UPDATE stashes.files SET name = name;
        ALTER TABLE stashes.files ALTER COLUMN search_vector SET NOT NULL;
        """;
}
