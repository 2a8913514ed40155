using Npgsql;
using PromptStash.LocalHost.Postgres;

namespace PromptStash.LocalHost.Tests;

public sealed class TalkingToACluster(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private readonly EmbeddedPostgres _postgres = cluster.Postgres;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Folds_the_letters_of_all_languages_in_lower()
    {
        Assert.Equal("äöüéσж", await Sql.AskAsync(_postgres.ConnectionString(), "SELECT lower('ÄÖÜÉΣЖ')"));
    }

    [Theory]
    [InlineData("server_encoding", "UTF8")]
    [InlineData("data_checksums", "on")]
    [InlineData("listen_addresses", "127.0.0.1")]
    [InlineData("unix_socket_directories", "")]
    [InlineData("shared_preload_libraries", "pg_stat_statements")]
    [InlineData("password_encryption", "scram-sha-256")]
    [InlineData("max_connections", "37")]
    public async Task Has_the_settings_it_promises_and_those_it_is_given(string setting, string value)
    {
        Assert.Equal(value, await Sql.AskAsync(_postgres.ConnectionString(), $"SELECT current_setting('{setting}')"));
    }

    [Fact]
    public async Task Refuses_a_wrong_password()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(
            () => Sql.AskAsync(Sql.Unpooled(_postgres.ConnectionString(), password: "wrong"), "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task Creates_further_databases_once()
    {
        await _postgres.CreateDatabaseAsync("second \"one\"", Cancelled);
        await _postgres.CreateDatabaseAsync("second \"one\"", Cancelled);

        Assert.Equal("second \"one\"", await Sql.AskAsync(_postgres.ConnectionString("second \"one\""), "SELECT current_database()"));
    }
}
