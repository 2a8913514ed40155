using System.CommandLine;
using System.Globalization;
using Npgsql;

namespace PromptStash.MigrationService.Verbs;

/// <summary>A complete pgbouncer.ini, and the user list that goes with it, for the database of the current connection.</summary>
internal static class PgBouncerConfig
{
    private static readonly Option<string[]> Users = new("--user") { Description = "A role that goes through the pool; nobody else does. May be given several times.", DefaultValueFactory = _ => ["promptstash_app"] };

    private static readonly Option<string[]> StatsUsers = new("--stats-user") { Description = "A role that may look at PgBouncer's console, as 'monitor' does. Default: those that go through the pool.", DefaultValueFactory = _ => [] };

    private static readonly Option<string[]> AdminUsers = new("--admin-user") { Description = "A role that may also give orders there: PAUSE, RESUME, RECONNECT. Default: none.", DefaultValueFactory = _ => [] };

    private static readonly Option<string> Listen = new("--listen") { Description = "The address that PgBouncer listens at.", DefaultValueFactory = _ => "127.0.0.1" };

    private static readonly Option<int> Port = new("--port") { Description = "Where PgBouncer listens.", DefaultValueFactory = _ => 6432 };

    private static readonly Option<DirectoryInfo?> Folder = new("--output") { Description = "Write pgbouncer.ini and userlist.txt into this folder, for their owner's eyes only, instead of printing them.", HelpName = "FOLDER" };

    private static readonly Option<bool> Prepares = new("--prepared-statements") { Description = "For PgBouncer 1.21 and newer: keep track of prepared statements." };

    private static readonly Option<string?> ClientTls = new("--client-tls") { Description = "The folder with server.crt and server.key, to offer TLS to clients.", HelpName = "FOLDER" };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "pgbouncer-config",
            "Print a pgbouncer.ini in transaction mode and the userlist.txt for it. The list holds what PostgreSQL keeps of each password: treat it as a secret.",
            "pgbouncer-config --user promptstash_app --output /etc/pgbouncer",
            "pgbouncer-config --user promptstash_app --admin-user pool_admin --listen 0.0.0.0 --prepared-statements")
        {
            Users, StatsUsers, AdminUsers, Listen, Port, Folder, Prepares, ClientTls,
        };

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var database = run.Get<DirectDatabase>();
        await using var connection = await database.OpenAsync(null, cancellationToken);
        var settings = database.Settings;
        var (pooled, stats, admins) = (run.Value(Users)!, run.Value(StatsUsers)!, run.Value(AdminUsers)!);
        var users = await SecretsAsync(connection, [.. pooled, .. stats, .. admins], cancellationToken);
        var folder = run.Value(Folder);
        var ini = Ini(
            settings, connection.Database, Path.Combine(folder?.FullName ?? "/etc/pgbouncer", "userlist.txt"),
            new(run.Value(Listen)!, run.Value(Port), stats.Length == 0 ? pooled : stats, admins), run.Value(Prepares), run.Value(ClientTls));
        if (folder is null)
        {
            run.Output.Result(new { PgBouncerIni = ini, UserList = users }, $"; pgbouncer.ini\n{ini}\n; userlist.txt\n{users}");

            return ExitCodes.Done;
        }

        folder.Create();
        foreach (var (name, content) in ((string, string)[])[("pgbouncer.ini", ini), ("userlist.txt", users)])
        {
            await using var writer = new StreamWriter(OwnersFile.Create(Path.Combine(folder.FullName, name)));
            await writer.WriteAsync(content);
        }

        run.Output.Result(new { Folder = folder.FullName }, $"Wrote pgbouncer.ini and userlist.txt into {folder.FullName}.");

        return ExitCodes.Done;
    }

    /// <summary>Where PgBouncer listens, and who may use its console.</summary>
    internal sealed record Access(string Listen, int Port, IReadOnlyList<string> StatsUsers, IReadOnlyList<string> AdminUsers);

    internal static string Ini(NpgsqlConnectionStringBuilder database, string name, string userList, Access access, bool prepares, string? tls)
    {
        string[] lines =
        [
            "[databases]",
            string.Create(CultureInfo.InvariantCulture, $"{name} = host={database.Host} port={database.Port} dbname={name}"),
            "",
            "[pgbouncer]",
            $"listen_addr = {access.Listen}",
            string.Create(CultureInfo.InvariantCulture, $"listen_port = {access.Port}"),
            "unix_socket_dir =",
            "pool_mode = transaction",
            "auth_type = scram-sha-256",
            $"auth_file = {userList}",
            $"stats_users = {string.Join(", ", access.StatsUsers)}",
            .. access.AdminUsers.Count == 0 ? Array.Empty<string>() : [$"admin_users = {string.Join(", ", access.AdminUsers)}"],
            "max_client_conn = 500",
            "; about four per core, and a spare; max_connections of the server must be 20 more than all pools together",
            "default_pool_size = 16",
            "reserve_pool_size = 4",
            "reserve_pool_timeout = 1",
            "; fail within seconds, not minutes, and be back a second after the server is",
            "query_wait_timeout = 10",
            "server_login_retry = 1",
            "server_connect_timeout = 3",
            "server_idle_timeout = 120",
            "server_lifetime = 1800",
            "idle_transaction_timeout = 15",
            "; never 'options': it would drop a lock_timeout without a word",
            "ignore_startup_parameters = extra_float_digits",
            .. prepares ? ["max_prepared_statements = 200"] : Array.Empty<string>(),
            .. ServerTls(database),
            .. tls is null ? [] : new[] { "client_tls_sslmode = require", $"client_tls_cert_file = {tls}/server.crt", $"client_tls_key_file = {tls}/server.key" },
            "",
        ];

        return string.Join('\n', lines);
    }

    private static IEnumerable<string> ServerTls(NpgsqlConnectionStringBuilder database)
    {
        yield return $"server_tls_sslmode = {database.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() }}";
        if (database.RootCertificate is { } root)
        {
            yield return $"server_tls_ca_file = {root}";
        }

        if (database.SslCertificate is { } certificate)
        {
            yield return $"server_tls_cert_file = {certificate}";
        }

        if (database.SslKey is { } key)
        {
            yield return $"server_tls_key_file = {key}";
        }
    }

    /// <summary>PgBouncer hands SCRAM through only with the very secret that PostgreSQL has; another one of the same password would not do.</summary>
    private static async Task<string> SecretsAsync(NpgsqlConnection connection, IEnumerable<string> users, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        try
        {
            foreach (var user in users.Distinct(StringComparer.Ordinal))
            {
                var secret = await connection.ScalarAsync<string>("SELECT rolpassword FROM pg_authid WHERE rolname = $1", cancellationToken, user)
                    ?? throw new MigrationException($"There is no role '{user}' that has a password.");
                lines.Add($"\"{user.Replace("\"", "\"\"", StringComparison.Ordinal)}\" \"{secret}\"");
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationException("Only a superuser may read what PostgreSQL keeps of passwords (pg_authid). Run this with the connection of one.", exception);
        }

        return string.Join('\n', lines) + "\n";
    }
}
