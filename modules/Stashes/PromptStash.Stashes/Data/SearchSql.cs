namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>Search</c> does. Part of that migration: never edit it, write a new one.</summary>
internal static class SearchSql
{
    public const string Up =
        """
        DROP TRIGGER tr_files_search ON stashes.files;
        DROP FUNCTION stashes.keep_file_search();

        -- Besides the front matter's fields, 'kind:' and 'stash:' are entries of the same index: it intersects them with the owner, where
        -- a join would have to look at every file that has the words. The fields themselves are words of the text, too.
        CREATE FUNCTION stashes.search_fields(fields text[], kind stashes.file_kind, stash_id uuid) RETURNS text[] LANGUAGE sql IMMUTABLE AS
            $function$ SELECT fields || ARRAY['kind:' || kind::text, 'stash:' || stash_id::text] $function$;
        CREATE FUNCTION stashes.keep_file_search() RETURNS trigger LANGUAGE plpgsql AS $function$
        DECLARE
            words text := regexp_replace(NEW.name, '[^[:alnum:]]+', ' ', 'g');
            head tsvector :=
                setweight(to_tsvector('pg_catalog.english', words), 'A') ||
                setweight(to_tsvector('pg_catalog.simple', words), 'A') ||
                setweight(to_tsvector('pg_catalog.english', COALESCE(NEW.description, '')), 'B') ||
                setweight(to_tsvector('pg_catalog.simple', regexp_replace(array_to_string(NEW.fields, ' '), '[^[:alnum:]]+', ' ', 'g')), 'C');
            whole tsvector;
        BEGIN
            BEGIN
                whole := head || setweight(to_tsvector('pg_catalog.english', left(NEW.content, 200000)), 'D');
            EXCEPTION WHEN program_limit_exceeded THEN
                whole := head || setweight(to_tsvector('pg_catalog.english', left(NEW.content, 20000)), 'D');
            END;
            INSERT INTO stashes.file_search (file_id, owner_id, name, fields, vector)
            VALUES (NEW.id, NEW.owner_id, NEW.name, stashes.search_fields(NEW.fields, NEW.kind, NEW.stash_id), whole)
            ON CONFLICT (file_id) DO UPDATE SET name = excluded.name, fields = excluded.fields, vector = excluded.vector;
            RETURN NULL;
        END
        $function$;
        CREATE TRIGGER tr_files_search AFTER INSERT OR UPDATE OF name, description, fields, content ON stashes.files
            FOR EACH ROW EXECUTE FUNCTION stashes.keep_file_search();

        -- Another kind, another stash: the text stays as it is and is not parsed again.
        CREATE FUNCTION stashes.keep_file_search_place() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            UPDATE stashes.file_search SET fields = stashes.search_fields(NEW.fields, NEW.kind, NEW.stash_id) WHERE file_id = NEW.id;
            RETURN NULL;
        END
        $function$;
        CREATE TRIGGER tr_files_search_place AFTER UPDATE OF kind, stash_id ON stashes.files
            FOR EACH ROW WHEN (OLD.kind <> NEW.kind OR OLD.stash_id <> NEW.stash_id) EXECUTE FUNCTION stashes.keep_file_search_place();

        UPDATE stashes.file_search AS s SET fields = stashes.search_fields(f.fields, f.kind, f.stash_id)
        FROM stashes.files AS f WHERE f.id = s.file_id;

        -- Of a word that many files have, the newest are found by going backwards here, and not by collecting them all first. In the order
        -- of the id's bytes, which is that of the id: by the id itself PostgreSQL would go through everybody's files in the primary key.
        CREATE INDEX ix_file_search_owner_id_file_id ON stashes.file_search (owner_id, uuid_send(file_id));
        """;

    public const string Down =
        """
        DROP INDEX stashes.ix_file_search_owner_id_file_id;
        DROP TRIGGER tr_files_search_place ON stashes.files;
        DROP FUNCTION stashes.keep_file_search_place();
        DROP TRIGGER tr_files_search ON stashes.files;
        DROP FUNCTION stashes.keep_file_search();
        DROP FUNCTION stashes.search_fields(text[], stashes.file_kind, uuid);
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
        """;
}
