using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PromptStash.LocalHost.Data;
using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>A server that takes nothing but TLS, with certificates of an authority of the test's own.</summary>
public sealed class TlsCluster : IAsyncLifetime
{
    private const string Password = "tls-only";

    private readonly string _folder = Directory.CreateTempSubdirectory("promptstash-tls-").FullName;
    private EmbeddedPostgres? _cluster;

    public string Authority => Path.Combine(_folder, "authority.pem");

    public string OtherAuthority => Path.Combine(_folder, "other.pem");

    public string ClientCertificate => Path.Combine(_folder, "client.pem");

    public string ClientKey => Path.Combine(_folder, "client.key");

    /// <summary>What the server shows: a certificate for localhost.</summary>
    public string ServerCertificate => Path.Combine(_folder, "server.pem");

    public string ServerKey => Path.Combine(_folder, "server.key");

    internal EmbeddedPostgres Postgres => _cluster!;

    /// <summary>The address of the database whose users need no certificate of their own, or of the one whose users do.</summary>
    public string Url(string host, string database, string parameters) =>
        $"postgresql://{EmbeddedPostgres.Role}:{Password}@{host}:{_cluster!.Port}/{database}?{parameters}";

    /// <summary>A place for a backup that only the test knows.</summary>
    public string NewFile() => Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, RandomNumberGenerator.GetHexString(8, lowercase: true))).FullName, "promptstash.dump");

    /// <summary>A folder with a pg_dump of that version, which saves nothing and says how it was told to check the server. Not every version is to be had.</summary>
    [UnsupportedOSPlatform("windows")]
    public string PgDumpThatTellsOfItself(int major)
    {
        var program = Path.Combine(Path.GetDirectoryName(NewFile())!, "pg_dump");
        File.WriteAllText(
            program,
            $"""
            #!/bin/sh
            [ "$1" = --version ] && echo "pg_dump (PostgreSQL) {major}.1" && exit
            echo "$PGSSLMODE, $PGSSLROOTCERT, $PGCHANNELBINDING" >&2
            exit 1
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        return Path.GetDirectoryName(program)!;
    }

    public async ValueTask InitializeAsync()
    {
        using var authority = CreateAuthority("CN=PromptStash test authority");
        using var other = CreateAuthority("CN=Somebody else's authority");
        await File.WriteAllTextAsync(Authority, authority.ExportCertificatePem());
        await File.WriteAllTextAsync(OtherAuthority, other.ExportCertificatePem());
        await SignAsync(authority, "localhost", Path.Combine(_folder, "server.pem"), Path.Combine(_folder, "server.key"));
        await SignAsync(authority, EmbeddedPostgres.Role, ClientCertificate, ClientKey);

        var data = Path.Combine(_folder, "postgres");
        var user = await UnprivilegedUser.ChooseAsync(data, CancellationToken.None);
        if (user is not null)
        {
            await user.LetThroughAsync(_folder, CancellationToken.None);
            await user.OwnAsync(CancellationToken.None, Path.Combine(_folder, "server.pem"), Path.Combine(_folder, "server.key"), Authority);
        }

        // Not every build of PostgreSQL can do TLS; the one with client tools is a distribution's, which can.
        var server = await PostgresLocator.ForThisMachine(CacheFolder.DefaultPath(), user, TextWriter.Null).FindAsync(DumpableCluster.FolderWithClientTools(), requiredMajor: null, CancellationToken.None);
        _cluster = await EmbeddedPostgres.StartAsync(
            server,
            new EmbeddedPostgresOptions(data, Password)
            {
                Durable = false,
                Settings = new Dictionary<string, string>
                {
                    ["ssl"] = "on",
                    ["ssl_cert_file"] = Path.Combine(_folder, "server.pem"),
                    ["ssl_key_file"] = Path.Combine(_folder, "server.key"),
                    ["ssl_ca_file"] = Authority,
                },
            },
            CancellationToken.None);
        await _cluster.CreateDatabaseAsync("encrypted", CancellationToken.None);
        await _cluster.CreateDatabaseAsync("mutual", CancellationToken.None);
        await _cluster.CreateDatabaseAsync("restored", CancellationToken.None);
        await using var connection = new Npgsql.NpgsqlConnection(_cluster.ConnectionString());
        await connection.OpenAsync();
        await File.WriteAllTextAsync(
            Path.Combine(EmbeddedPostgres.ClusterIn(data), "pg_hba.conf"),
            """
            hostssl encrypted all 127.0.0.1/32 scram-sha-256
            hostssl mutual    all 127.0.0.1/32 scram-sha-256 clientcert=verify-full
            hostssl restored  all 127.0.0.1/32 scram-sha-256 clientcert=verify-full
            """);
        await using var reload = new Npgsql.NpgsqlCommand("SELECT pg_reload_conf()", connection);
        await reload.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 CreateAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        var now = TimeProvider.System.GetUtcNow();

        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static async Task SignAsync(X509Certificate2 authority, string name, string certificateFile, string keyFile)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // The server refuses a key that others may read.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(keyFile, options);
        await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }
}

public sealed class ConnectingWithTls(TlsCluster cluster) : IClassFixture<TlsCluster>
{
    [Fact]
    public async Task And_the_right_authority_and_name_is_accepted() =>
        (await MigrateAsync("localhost", "encrypted", $"sslmode=verify-full&sslrootcert={cluster.Authority}")).Ends(0);

    [Fact]
    public async Task To_a_name_that_the_certificate_was_not_made_for_is_refused_by_verify_full()
    {
        var answer = (await MigrateAsync("127.0.0.1", "encrypted", $"sslmode=verify-full&sslrootcert={cluster.Authority}")).Ends(1);

        Assert.Contains("sslrootcert", answer.Output + answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_a_name_that_the_certificate_was_not_made_for_is_accepted_by_verify_ca() =>
        (await MigrateAsync("127.0.0.1", "encrypted", $"sslmode=verify-ca&sslrootcert={cluster.Authority}")).Ends(0);

    [Fact]
    public async Task And_a_certificate_of_another_authority_is_refused() =>
        (await MigrateAsync("localhost", "encrypted", $"sslmode=verify-full&sslrootcert={cluster.OtherAuthority}")).Ends(1);

    [Fact]
    public async Task That_is_required_and_not_verified_is_accepted() => (await MigrateAsync("localhost", "encrypted", "sslmode=require")).Ends(0);

    [Fact]
    public async Task Switched_off_is_refused_by_the_server()
    {
        var answer = (await MigrateAsync("localhost", "encrypted", "sslmode=disable")).Ends(1);

        Assert.Contains("no encryption", answer.Output + answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_certificate_of_ones_own_is_refused_where_the_server_wants_one() =>
        (await MigrateAsync("localhost", "mutual", $"sslmode=verify-full&sslrootcert={cluster.Authority}")).Ends(1);

    [Fact]
    public async Task With_a_certificate_of_ones_own_is_accepted_where_the_server_wants_one() => (await MigrateAsync(
        "localhost", "mutual", $"sslmode=verify-full&sslrootcert={cluster.Authority}&sslcert={cluster.ClientCertificate}&sslkey={cluster.ClientKey}")).Ends(0);

    [Theory]
    [InlineData("require")]
    [InlineData("prefer")]
    [InlineData("disable")]
    public async Task Takes_every_channel_binding_that_a_provider_may_hand_out(string binding) =>
        (await MigrateAsync("localhost", "encrypted", $"sslmode=require&channel_binding={binding}")).Ends(0);

    [Fact]
    public async Task Saves_and_restores_with_the_certificates_and_the_binding_that_the_address_names()
    {
        var parameters = $"sslmode=verify-full&channel_binding=require&sslrootcert={cluster.Authority}&sslcert={cluster.ClientCertificate}&sslkey={cluster.ClientKey}";
        (await MigrateAsync("localhost", "mutual", parameters)).Ends(0);
        var file = cluster.NewFile();

        (await RunAsync(cluster.Url("localhost", "mutual", parameters), "backup", file)).Ends(0);
        (await RunAsync(cluster.Url("localhost", "restored", parameters), "restore", file)).Ends(0);

        (await RunAsync(cluster.Url("localhost", "restored", parameters), "status")).Ends(0);
    }

    // pg_dump and Npgsql look for a certificate each for itself, and a server that wants none would hide that one of them had none.
    [Fact]
    public async Task Does_not_save_without_the_certificate_that_the_server_wants()
    {
        var parameters = $"sslmode=verify-full&sslrootcert={cluster.Authority}";

        (await RunAsync(cluster.Url("localhost", "mutual", parameters), "backup", cluster.NewFile())).Ends(1);
    }

    [Theory]
    [InlineData(16, "sslmode=verify-full&sslrootcert=system&channel_binding=require", "verify-full, system, require")]
    [InlineData(16, "sslmode=verify-full", "verify-full, system, prefer")]
    [InlineData(16, "sslmode=verify-ca", "set sslrootcert (Root Certificate)")]
    [InlineData(15, "sslmode=verify-full", "set sslrootcert (Root Certificate)")]
    [UnsupportedOSPlatform("windows")]
    public async Task Trusts_whom_the_machine_trusts_also_in_pg_dump_or_says_what_it_lacks(int major, string parameters, string told)
    {
        (await RunAsync(cluster.Url("localhost", "encrypted", parameters), "migrate")).Ends(0);

        var answer = (await RunAsync(cluster.Url("localhost", "encrypted", parameters), [("Migration__ClientBin", cluster.PgDumpThatTellsOfItself(major))], "backup", cluster.NewFile())).Ends(1);

        Assert.Contains(told, Assert.Single(answer.Errors.Split('\n'), line => line.Contains("pg_dump", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private Task<WorkerAnswer> RunAsync(string url, params string[] arguments) => RunAsync(url, [], arguments);

    // The authorities that .NET and OpenSSL take for the machine's own can be named.
    private Task<WorkerAnswer> RunAsync(string url, (string, string)[] environment, params string[] arguments) => Worker.RunAsync(
        null, [("DATABASE_URL", url), ("Migration__WaitForDatabase", "00:00:05"), ("SSL_CERT_FILE", cluster.Authority), ("Logging__LogLevel__Default", "Error"), .. environment], arguments);

    private Task<WorkerAnswer> MigrateAsync(string host, string database, string parameters) =>
        Worker.RunAsync(null, [("DATABASE_URL", cluster.Url(host, database, parameters)), ("Migration__WaitForDatabase", "00:00:05")], "migrate");
}
