using Microsoft.Extensions.Configuration;

namespace PromptStash.ServiceDefaults.Tests;

public sealed class ConfiguringTheDatabase
{
    private const string Pooled = "ConnectionStrings:promptstash";
    private const string Direct = "ConnectionStrings:promptstash-direct";
    private const string Url = "DATABASE_URL";

    [Fact]
    public void With_all_settings_prefers_the_connection_string_and_for_direct_work_the_direct_one()
    {
        var configuration = Configuration((Pooled, "Host=pooled"), (Direct, "Host=direct"), (Url, "postgres://u@url/d"));

        Assert.Equal("Host=pooled", DatabaseConnection.GetConnectionString(configuration, direct: false));
        Assert.Equal("Host=direct", DatabaseConnection.GetConnectionString(configuration, direct: true));
    }

    [Fact]
    public void Without_a_direct_one_takes_the_only_one_there_is() =>
        Assert.Equal("Host=pooled", DatabaseConnection.GetConnectionString(Configuration((Pooled, "Host=pooled")), direct: true));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_an_address_only_reads_it(bool direct) =>
        Assert.Contains("Host=url", DatabaseConnection.GetConnectionString(Configuration((Pooled, " "), (Direct, ""), (Url, "postgres://u@url/d")), direct), StringComparison.Ordinal);

    [Fact]
    public void With_an_empty_direct_one_takes_the_other() =>
        Assert.Equal("Host=pooled", DatabaseConnection.GetConnectionString(Configuration((Pooled, "Host=pooled"), (Direct, "")), direct: true));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_nothing_says_what_to_set(bool direct)
    {
        var exception = Assert.Throws<DatabaseSettingException>(() => DatabaseConnection.GetConnectionString(Configuration(), direct));

        Assert.Contains("ConnectionStrings__promptstash=", exception.Message, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL=", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://u:correct-horse@h/d")]
    [InlineData("Host=h;Password=correct-horse;battery")]
    [InlineData("Host=h;Password=a;correct-horse=b")]
    [InlineData("Host=h;Port=correct-horse")]
    [InlineData("Password=correct-horse")]
    public void With_a_connection_string_that_is_none_says_so_and_never_tells_the_password(string connectionString)
    {
        var exception = Assert.Throws<DatabaseSettingException>(() => DatabaseConnection.GetConnectionString(Configuration((Pooled, connectionString)), direct: false));

        Assert.StartsWith("ConnectionStrings__promptstash ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", exception.ToString(), StringComparison.Ordinal);
    }

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build();
}
