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

    /// <summary>The address of the database whose users need no certificate of their own, or of the one whose users do.</summary>
    public string Url(string host, string database, string parameters) =>
        $"postgresql://{EmbeddedPostgres.Role}:{Password}@{host}:{_cluster!.Port}/{database}?{parameters}";

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
        await using var connection = new Npgsql.NpgsqlConnection(_cluster.ConnectionString());
        await connection.OpenAsync();
        await File.WriteAllTextAsync(
            Path.Combine(EmbeddedPostgres.ClusterIn(data), "pg_hba.conf"),
            """
            hostssl encrypted all 127.0.0.1/32 scram-sha-256
            hostssl mutual    all 127.0.0.1/32 scram-sha-256 clientcert=verify-full
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

    private Task<WorkerAnswer> MigrateAsync(string host, string database, string parameters) =>
        Worker.RunAsync(null, [("DATABASE_URL", cluster.Url(host, database, parameters)), ("Migration__WaitForDatabase", "00:00:05")], "migrate");
}
