namespace PromptStash.Stashes.Data;

/// <summary>What the initial migration adds and EF Core's model cannot describe. Part of that migration: never edit it, write a new one.</summary>
internal static class InitialSql
{
    public const string Up =
        """
        -- Uniqueness ignores case, as the file systems do that these files come from and go to. What lies in the trash is in nobody's way.
        CREATE UNIQUE INDEX ix_stashes_user_id_lower_name ON stashes.stashes (user_id, lower(name)) WHERE deleted_at IS NULL;
        CREATE UNIQUE INDEX ix_folders_stash_id_lower_path ON stashes.folders (stash_id, lower(path)) WHERE deleted_at IS NULL;
        CREATE UNIQUE INDEX ix_files_stash_id_lower_path ON stashes.files (stash_id, lower(path)) WHERE deleted_at IS NULL;
        CREATE UNIQUE INDEX ix_tags_owner_id_lower_name ON stashes.tags (owner_id, lower(name));

        -- Lists, trees and exports are in byte order of the path; the same indexes find a subtree by its prefix.
        CREATE INDEX ix_folders_stash_id_path ON stashes.folders (stash_id, path COLLATE "C") WHERE deleted_at IS NULL;
        CREATE INDEX ix_files_stash_id_path ON stashes.files (stash_id, path COLLATE "C") WHERE deleted_at IS NULL;

        -- Two tables cannot share a unique index, so a trigger sees to it that no file stands where a folder does. It takes the stash's
        -- row lock first: whoever else changes the stash's structure waits, and what the check reads stays true until the commit.
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

        -- PostgreSQL packs long text by itself; lz4 unpacks several times faster than the default, where the server was built with it.
        DO $do$
        BEGIN
            ALTER TABLE stashes.files ALTER COLUMN content SET COMPRESSION lz4;
            ALTER TABLE stashes.file_versions ALTER COLUMN content SET COMPRESSION lz4;
        EXCEPTION WHEN feature_not_supported THEN
            NULL;
        END
        $do$;

        -- A stored generated column would rewrite the table under an exclusive lock whenever its expression changes; a trigger does not.
        -- Punctuation in names is a word break here: the parser would take 'code-reviewer.md' for one host name. A tsvector holds
        -- at most 1 MiB, so of a very long text the beginning is indexed.
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

        -- History is history, whatever a later program does.
        CREATE FUNCTION stashes.refuse_version_update() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            RAISE EXCEPTION 'versions are immutable' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tr_file_versions_immutable';
        END
        $function$;
        CREATE TRIGGER tr_file_versions_immutable BEFORE UPDATE ON stashes.file_versions
            FOR EACH ROW EXECUTE FUNCTION stashes.refuse_version_update();
        """;

    public const string Down =
        """
        DROP TRIGGER tr_file_versions_immutable ON stashes.file_versions;
        DROP TRIGGER tr_files_search_vector ON stashes.files;
        DROP TRIGGER tr_folders_path_clash ON stashes.folders;
        DROP TRIGGER tr_files_path_clash ON stashes.files;
        DROP FUNCTION stashes.refuse_version_update();
        DROP FUNCTION stashes.set_search_vector();
        DROP FUNCTION stashes.refuse_path_clash();
        """;
}
