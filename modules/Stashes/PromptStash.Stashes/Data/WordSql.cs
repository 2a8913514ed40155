namespace PromptStash.Stashes.Data;

/// <summary>What the migration <c>SingleCharacters</c> does. Part of that migration: never edit it, write a new one.</summary>
internal static class WordSql
{
    /// <summary>Which files have other words for the search than those that PostgreSQL sees in them, and new entries for them.</summary>
    private const string Begin =
        """
        CREATE FUNCTION stashes.search_otherwise() RETURNS SETOF uuid LANGUAGE sql STABLE AS $function$
            SELECT f.id FROM stashes.files AS f
            CROSS JOIN LATERAL concat_ws(' ', f.name, f.description, array_to_string(f.fields, ' '), left(f.content, 200000)) AS words
            WHERE stashes.search_words(words) <> words
        $function$;
        CREATE FUNCTION stashes.search_again(ids uuid[]) RETURNS void LANGUAGE sql AS $function$
            UPDATE stashes.file_search AS s SET vector = stashes.search_vector(f.name, f.description, f.fields, f.content)
            FROM stashes.files AS f WHERE f.id = s.file_id AND f.id = ANY (ids)
        $function$;

        """;

    private const string Finish =
        """
        DROP FUNCTION stashes.search_again(uuid[]);
        DROP FUNCTION stashes.search_otherwise();

        """;

    public const string Up =
        """
        -- Chinese and Japanese have no spaces, and PostgreSQL takes a whole sentence for one word, which nobody asks for. So every Han, Hiragana and
        -- Katakana character is set apart to be a word of its own, and a word of several is a phrase of these. Korean has spaces.
        CREATE FUNCTION stashes.set_apart(words text, separator text) RETURNS text LANGUAGE sql IMMUTABLE AS $function$
            SELECT regexp_replace(
                words,
                '([\u3005-\u3007\u3041-\u309F\u30A1-\u30FA\u30FC-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF66-\uFF9F\U0001B000-\U0001B16F\U00020000-\U0003FFFF])',
                separator || '\1' || separator,
                'g')
        $function$;

        -- In one form of Unicode, as a search's query is: what looks the same is found the same. Of ASCII, which most texts are, there is only one,
        -- and looking for it would take as long as the parsing does.
        CREATE FUNCTION stashes.search_words(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $function$
            SELECT CASE WHEN octet_length(words) = length(words) THEN words ELSE stashes.set_apart(normalize(words, NFC), ' ') END
        $function$;

        CREATE FUNCTION stashes.search_vector(name text, description text, fields text[], content text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE AS $function$
        DECLARE
            words text := stashes.search_words(regexp_replace(name, '[^[:alnum:]]+', ' ', 'g'));
            head tsvector :=
                setweight(to_tsvector('pg_catalog.english', words), 'A') ||
                setweight(to_tsvector('pg_catalog.simple', words), 'A') ||
                setweight(to_tsvector('pg_catalog.english', stashes.search_words(COALESCE(description, ''))), 'B') ||
                setweight(to_tsvector('pg_catalog.simple', stashes.search_words(regexp_replace(array_to_string(fields, ' '), '[^[:alnum:]]+', ' ', 'g'))), 'C');
        BEGIN
            BEGIN
                RETURN head || setweight(to_tsvector('pg_catalog.english', stashes.search_words(left(content, 200000))), 'D');
            EXCEPTION WHEN program_limit_exceeded THEN
                RETURN head || setweight(to_tsvector('pg_catalog.english', stashes.search_words(left(content, 20000))), 'D');
            END;
        END
        $function$;

        CREATE OR REPLACE FUNCTION stashes.keep_file_search() RETURNS trigger LANGUAGE plpgsql AS $function$
        BEGIN
            INSERT INTO stashes.file_search (file_id, owner_id, name, fields, vector)
            VALUES (
                NEW.id, NEW.owner_id, NEW.name, stashes.search_fields(NEW.fields, NEW.kind, NEW.stash_id),
                stashes.search_vector(NEW.name, NEW.description, NEW.fields, NEW.content))
            ON CONFLICT (file_id) DO UPDATE SET name = excluded.name, fields = excluded.fields, vector = excluded.vector;
            RETURN NULL;
        END
        $function$;

        """ + Begin + """
        -- Only what is found in another way now: most texts have no such character, and keep their entries. Nobody waits for this but who writes
        -- one of these very files. What the program before this one writes meanwhile is set apart when it is written again.
        DO $block$
        BEGIN
            PERFORM stashes.search_again(ARRAY(SELECT stashes.search_otherwise()));
        END
        $block$;

        """ + Finish;

    /// <summary>The function as the migration <c>Search</c> made it, and the entries as that one would have made them.</summary>
    public const string Down =
        Begin + """
        DO $block$
        DECLARE
            apart uuid[] := ARRAY(SELECT stashes.search_otherwise());
        BEGIN
            CREATE OR REPLACE FUNCTION stashes.search_words(words text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT words';
            PERFORM stashes.search_again(apart);
        END
        $block$;

        CREATE OR REPLACE FUNCTION stashes.keep_file_search() RETURNS trigger LANGUAGE plpgsql AS $function$
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

        """ + Finish + """
        DROP FUNCTION stashes.search_vector(text, text, text[], text);
        DROP FUNCTION stashes.search_words(text);
        DROP FUNCTION stashes.set_apart(text, text);
        """;
}
