using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace PromptStash.ServiceDefaults.Tests;

public sealed class KeepingSecretsInFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("promptstash-secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Makes_each_file_the_setting_of_its_name() =>
        Assert.Equal("correct horse", Read(("Mail__Smtp__Password", "correct horse"))["Mail:Smtp:Password"]);

    [Fact]
    public void Leaves_out_the_end_of_the_line_that_editors_add() =>
        Assert.Equal("correct horse", Read(("Database__Password", $"correct horse{Environment.NewLine}"))["Database:Password"]);

    [Fact]
    public void Lets_what_is_set_elsewhere_win() =>
        Assert.Equal("Host=elsewhere", Read(("ConnectionStrings__promptstash", "Host=file"), elsewhere: ("ConnectionStrings:promptstash", "Host=elsewhere"))["ConnectionStrings:promptstash"]);

    [Fact]
    public void Gives_a_connection_string_the_password_that_it_lacks()
    {
        var settings = Read(("Database__Password", "cor;rect \"horse\""), elsewhere: ("ConnectionStrings:promptstash", "Host=h;Username=u"));

        Assert.Equal("cor;rect \"horse\"", new Npgsql.NpgsqlConnectionStringBuilder(DatabaseConnection.GetConnectionString(settings, direct: true)).Password);
    }

    [Fact]
    public void Leaves_a_connection_string_the_password_that_it_has() =>
        Assert.Equal(
            "Host=h;Password=own",
            DatabaseConnection.GetConnectionString(Read(("Database__Password", "other"), elsewhere: ("ConnectionStrings:promptstash", "Host=h;Password=own")), direct: false));

    [Fact]
    public void Gives_an_address_the_password_that_it_lacks() =>
        Assert.Contains(
            "Password=horse",
            DatabaseConnection.GetConnectionString(Read(("Database__Password", "horse"), elsewhere: ("DATABASE_URL", "postgresql://u@h/d")), direct: false),
            StringComparison.Ordinal);

    [Fact]
    public void In_a_folder_that_is_not_there_says_so()
    {
        var missing = Path.Combine(_folder.FullName, "missing");

        var exception = Assert.Throws<SecretFilesException>(() => Builder(missing).AddSecretFiles());

        Assert.Contains(missing, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nowhere_changes_nothing() =>
        Assert.Null(Builder(folder: null).AddSecretFiles().Configuration["Mail:Smtp:Password"]);

    private ConfigurationManager Read((string Name, string Content) file, (string Key, string Value)? elsewhere = null)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, file.Name), file.Content);
        var builder = Builder(_folder.FullName);
        if (elsewhere is { } setting)
        {
            builder.Configuration.AddInMemoryCollection([new(setting.Key, setting.Value)]);
        }

        return builder.AddSecretFiles().Configuration;
    }

    private static HostApplicationBuilder Builder(string? folder)
    {
        // Without the environment, in which a developer may have a database.
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new(SecretFiles.FolderSetting, folder)]);

        return builder;
    }
}
