using System.Globalization;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService;

/// <summary>The SQL of the roles. Every statement may be run again.</summary>
internal static class RoleStatements
{
    public static IReadOnlyList<string> Names(string prefix) => [$"{prefix}_owner", $"{prefix}_app", $"{prefix}_readonly"];

    public static IReadOnlyList<string> For(string prefix, string database, IReadOnlyList<string> schemas, TimeSpan statementTimeout)
    {
        var (owner, app, reader) = ($"{prefix}_owner", $"{prefix}_app", $"{prefix}_readonly");
        var name = Sql.Quote(database);
        var list = string.Join(", ", schemas);

        return
        [
            .. Names(prefix).Select(role => $"DO $do$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $do$"),

            // What this administrator hands over to the owner it must itself be a member of (a superuser always is).
            $"GRANT {owner} TO CURRENT_USER",
            $"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            $"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {name} TO {owner}",
            $"GRANT CONNECT ON DATABASE {name} TO {app}, {reader}",
            .. schemas.Select(schema => $"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}"),
            .. schemas.Select(schema => $"ALTER SCHEMA {schema} OWNER TO {owner}"),
            .. schemas.Select(schema => HandOver(schema, owner)),
            $"REVOKE ALL ON SCHEMA {list} FROM PUBLIC",
            $"GRANT USAGE ON SCHEMA {list} TO {app}, {reader}",
            $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {list} TO {app}",
            $"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {list} TO {app}",

            // Tables that later migrations make come with the same rights.
            $"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {list} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
            $"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {list} GRANT USAGE, SELECT ON SEQUENCES TO {app}",

            .. schemas.Select(HistoryRights),

            // A pooler gives every transaction another session: only what is set on the role holds in all of them.
            .. Settings(app, statementTimeout),
            $"ALTER ROLE {reader} SET default_transaction_read_only = 'on'",
            $"ALTER ROLE {reader} SET statement_timeout = '30s'",
        ];
    }

    /// <summary>What needs an administrator of the server and not only of the database.</summary>
    public static IReadOnlyList<string> Optional(string prefix) =>
    [
        $"GRANT pg_monitor TO {prefix}_readonly",
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
    ];

    private static IEnumerable<string> Settings(string app, TimeSpan statementTimeout) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"ALTER ROLE {app} SET statement_timeout = '{(long)statementTimeout.TotalMilliseconds}ms'"),
        $"ALTER ROLE {app} SET lock_timeout = '2s'",
        $"ALTER ROLE {app} SET idle_in_transaction_session_timeout = '15s'",
        $"ALTER ROLE {app} SET timezone = 'UTC'",

        // To compile a statement takes longer than any of them runs: PostgreSQL would by what it guesses that a search costs.
        $"ALTER ROLE {app} SET jit = off",
    ];

    /// <summary>Tables, sequences, types and functions that somebody else made: what the initial migration ran as before there were roles.</summary>
    private static string HandOver(string schema, string owner) =>
        $"""
        DO $do$
        DECLARE
            item text;
        BEGIN
            FOR item IN
                SELECT format('ALTER TABLE %s OWNER TO {owner}', c.oid::regclass) FROM pg_class c
                WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'p') AND c.relowner <> '{owner}'::regrole
                UNION ALL
                SELECT format('ALTER TYPE %s OWNER TO {owner}', t.oid::regtype) FROM pg_type t
                WHERE t.typnamespace = '{schema}'::regnamespace AND t.typtype IN ('e', 'd') AND t.typowner <> '{owner}'::regrole
                UNION ALL
                SELECT format('ALTER ROUTINE %s OWNER TO {owner}', p.oid::regprocedure) FROM pg_proc p
                WHERE p.pronamespace = '{schema}'::regnamespace AND p.proowner <> '{owner}'::regrole
            LOOP
                EXECUTE item;
            END LOOP;
        END
        $do$
        """;

    /// <summary>
    /// Which migrations are applied is for everybody of the schema to read and for its owner alone to write. A history made by the first migration
    /// comes with the rights that all later tables of the owner have, whichever roles there are: so the worker says this after each run, too.
    /// </summary>
    public static string HistoryRights(string schema) =>
        $"""
        DO $do$
        DECLARE
            item text;
        BEGIN
            FOR item IN
                SELECT format('REVOKE %s ON %s FROM %s', g.privilege_type, c.oid::regclass, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
                FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
                WHERE c.relnamespace = to_regnamespace('{schema}') AND c.relname = '{ModuleDatabase.HistoryTable}' AND pg_has_role(c.relowner, 'USAGE')
                    AND g.grantee <> c.relowner AND g.privilege_type <> 'SELECT'
                UNION ALL
                SELECT format('GRANT SELECT ON %s TO %s', c.oid::regclass, g.grantee::regrole)
                FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid CROSS JOIN LATERAL aclexplode(n.nspacl) g
                WHERE n.nspname = '{schema}' AND c.relname = '{ModuleDatabase.HistoryTable}' AND pg_has_role(c.relowner, 'USAGE')
                    AND g.privilege_type = 'USAGE' AND g.grantee NOT IN (0, c.relowner) AND NOT has_table_privilege(g.grantee, c.oid, 'SELECT')
            LOOP
                EXECUTE item;
            END LOOP;
        END
        $do$
        """;
}
