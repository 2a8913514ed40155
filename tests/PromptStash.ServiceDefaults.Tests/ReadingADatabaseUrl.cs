using Npgsql;

namespace PromptStash.ServiceDefaults.Tests;

public sealed class ReadingADatabaseUrl
{
    private const string Secret = "correct-horse";

    /// <summary>Names and passwords as people have them: anything but a NUL, which PostgreSQL cannot hold.</summary>
    private static readonly Gen<string> Name = Gen.OneOf(
            Gen.OneOf("a", "Z", "0", "@", ":", "/", "?", "#", "%", "&", "=", "+", " ", ";", "'", "\"", "\\", "[", "]", ".", "é", "字", "😀"),
            Gen.Char[' ', '~'].Select(character => character.ToString()))
        .Array[1, 12].Select(string.Concat);

    [Fact]
    public void With_everything_in_it_finds_every_part() =>
        Gen.Select(Name, Name, Name, Gen.Int[1, 65535]).Where((_, _, database, _) => database is not ("." or "..")).Sample((user, password, database, port) =>
        {
            var connection = Read($"postgresql://{Escape(user)}:{Escape(password)}@db.example.com:{port}/{Escape(database)}");

            Assert.Equal(("db.example.com", port, user, password, database), (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
        }, iter: 5000);

    [Fact]
    public void With_parameters_takes_their_values_as_they_are() => Gen.Select(Name, Name, Name).Sample((certificate, key, application) =>
    {
        var connection = Read($"postgres://u:p@h/d?sslcert={Escape(certificate)}&sslkey={Escape(key)}&application_name={Escape(application)}&sslrootcert=%2Fca.pem&sslmode=verify-full&connect_timeout=7");

        Assert.Equal((certificate, key, application), (connection.SslCertificate, connection.SslKey, connection.ApplicationName));
        Assert.Equal(("/ca.pem", SslMode.VerifyFull, 7), (connection.RootCertificate, connection.SslMode, connection.Timeout));
    });

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void Knows_every_sslmode(string value, SslMode mode) => Assert.Equal(mode, Read($"postgres://u:p@h/d?sslmode={value}").SslMode);

    [Theory]
    [InlineData("disable", ChannelBinding.Disable)]
    [InlineData("prefer", ChannelBinding.Prefer)]
    [InlineData("require", ChannelBinding.Require)]
    public void Knows_every_channel_binding(string value, ChannelBinding binding) =>
        Assert.Equal(binding, Read($"postgres://u:p@h/d?sslmode=require&channel_binding={value}").ChannelBinding);

    [Fact]
    public void With_the_machines_own_authorities_names_no_file_and_checks_the_name()
    {
        var connection = Read("postgres://u:p@h/d?sslrootcert=system&sslmode=verify-full");

        Assert.Null(connection.RootCertificate);
        Assert.Equal(SslMode.VerifyFull, connection.SslMode);
    }

    [Theory]
    [InlineData("options=-c%20statement_timeout%3D5s", "ALTER ROLE")]
    [InlineData("pgbouncer=true", "ConnectionStrings__promptstash-direct")]
    [InlineData("connection_limit=1", "Maximum Pool Size")]
    [InlineData("schema=public", "a schema of its own")]
    public void With_a_parameter_of_another_client_is_an_error_that_says_what_to_do_instead(string parameter, string instead) =>
        Assert.Contains(instead, Refused($"postgres://u:p@h/d?{parameter}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("postgresql://u@h/d", "h", 5432)]
    [InlineData("postgresql://u@h:6432/d", "h", 6432)]
    [InlineData("postgresql://u@127.0.0.1/d", "127.0.0.1", 5432)]
    [InlineData("postgresql://u@[::1]:6432/d", "::1", 6432)]
    public void Finds_host_and_port(string url, string host, int port)
    {
        var connection = Read(url);

        Assert.Equal((host, port), (connection.Host, connection.Port));
        Assert.Null(connection.Password);
    }

    [Fact]
    public void With_a_parameter_that_is_not_known_is_an_error_that_names_it() => Assert.StartsWith(
        "DATABASE_URL cannot be used: the parameter 'sslmod' is not known; known are sslmode,", Refused("postgres://u:p@h/d?sslmod=require"), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("h:5432/d")]
    [InlineData("mysql://u:p@h/d")]
    [InlineData("postgresql:///d")]
    [InlineData("postgresql://h/d")]
    [InlineData("postgresql://u:p@h")]
    [InlineData("postgresql://u:p@h/")]
    [InlineData("postgresql://u:p@h/d/e")]
    [InlineData("postgresql://u:p@h/d#e")]
    [InlineData("postgresql://u:p@h/d?application_name=a@b")]
    [InlineData("postgresql://u:p@h:port/d")]
    [InlineData("postgresql://u:p@h/d?sslmode=sometimes")]
    [InlineData("postgresql://u:p@h/d?sslmode")]
    [InlineData("postgresql://u:p@h/d?channel_binding=perhaps")]
    [InlineData("postgresql://u:p@h/d?sslrootcert=system")]
    [InlineData("postgresql://u:p@h/d?sslmode=verify-ca&sslrootcert=system")]
    [InlineData("postgresql://u:p@h/d?connect_timeout=soon")]
    [InlineData("postgresql://u:p@h/d?connect_timeout=-1")]
    [InlineData("postgresql://u:p@h/d?connect_timeout=1025")]
    public void That_is_none_is_an_error_that_says_which_setting_is_wrong(string url) =>
        Assert.Matches(@"^DATABASE_URL cannot be used: \S.*\.$", Refused(url));

    // A password that should have been percent-encoded ends up in other parts of the address.
    [Theory]
    [InlineData("postgresql://u:correct-horse@h")]
    [InlineData("postgresql://u:correct-horse@h/d?sslmod=require")]
    [InlineData("postgresql://u:correct-horse@h/d?sslmode=x")]
    [InlineData("postgresql://u:/correct-horse@h/d")]
    [InlineData("postgresql://u:1/correct-horse@h/d")]
    [InlineData("postgresql://u:?correct-horse@h/d")]
    [InlineData("postgresql://u:1?correct-horse@h/d")]
    [InlineData("postgresql://u:#correct-horse@h/d")]
    [InlineData("postgresql://u:x@y/z?correct-horse@h/d")]
    [InlineData("postgresql://u:x@y/z?correct-horse=1@h/d")]
    [InlineData("postgresql://u:x@y/z?correct-horse=1#2@h/d")]
    [InlineData("postgresql://u:x@y/z?a=correct-horse@h/d")]
    [InlineData("postgresql://u:x@correct-horse@h:port/d")]
    [InlineData("postgresql//u:correct-horse@h/d")]
    [InlineData("mysql://u:correct-horse@h/d")]
    public void That_is_none_never_tells_the_password(string url)
    {
        var exception = Assert.Throws<DatabaseSettingException>(() => DatabaseUrl.ToConnectionString(url));

        Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void With_any_text_for_a_password_never_tells_it() =>
        Gen.Select(Gen.String[Gen.Char["ab@:/?#&=%[] "], 0, 8], Gen.String[Gen.Char["ab@:/?#&=%[] "], 0, 8]).Sample((before, after) =>
        {
            try
            {
                DatabaseUrl.ToConnectionString($"postgresql://u:{before}{Secret}{after}@h:5432/d?sslmode=require");
            }
            catch (DatabaseSettingException exception)
            {
                Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.OrdinalIgnoreCase);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("postgres://u:p%00q@h/d")]
    [InlineData("postgres://u%00@h/d")]
    [InlineData("postgres://u:p@h/d%00")]
    [InlineData("postgres://u:p@h/d?sslrootcert=%00")]
    public void Refuses_a_character_that_no_server_takes(string url) => Assert.Contains("NUL", Refused(url), StringComparison.Ordinal);

    [Fact]
    public void Of_any_text_is_done_or_refused_and_never_fails() =>
        Gen.Select(Gen.OneOf("", "postgres://", "postgresql://u:p@h/d?", "postgres://u@"), Gen.String[Gen.Char["ab@:/?#&=%[]0;', ."], 0, 20]).Sample((start, rest) =>
        {
            try
            {
                Assert.NotEmpty(DatabaseUrl.ToConnectionString(start + rest));
            }
            catch (DatabaseSettingException exception)
            {
                Assert.NotEmpty(exception.Message);
            }
        }, iter: 20_000);

    private static NpgsqlConnectionStringBuilder Read(string url) => new(DatabaseUrl.ToConnectionString(url));

    private static string Refused(string url) => Assert.Throws<DatabaseSettingException>(() => DatabaseUrl.ToConnectionString(url)).Message;

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
