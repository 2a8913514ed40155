using PromptStash.Deployment.Tests;

namespace PromptStash.AppHost.Tests;

/// <summary>
/// deploy/docker-compose.yaml is written for people and says what the AppHost publishes. Where the two differ is told here, and nowhere else:
/// the published file has Aspire's dashboard, takes passwords from variables, and knows one role; the other has a proxy in front of two
/// processes, takes passwords from files, and keeps roles apart, which a service makes before anybody needs them.
/// </summary>
public sealed class PublishingTheApplication(PublishedFiles published) : IClassFixture<PublishedFiles>
{
    private const string OnlyPublished = "compose-dashboard";

    private static readonly string[] OnlyDeployed = ["proxy", "roles"];

    /// <summary>Settings that are secrets: variables in the published file, files in the other.</summary>
    private static readonly string[] Secrets = ["POSTGRES_PASSWORD", "DB_PASSWORD", "Mail__Smtp__Password"];

    /// <summary>Settings of the one file only, besides secrets: those of the dashboard, and what files of secrets need.</summary>
    private static readonly string[] Others =
        ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "OTEL_EXPORTER_OTLP_PROTOCOL", "POSTGRES_PASSWORD_FILE", "Identity__KeyRing__CertificatePath"];

    /// <summary>Whom PgBouncer connects as: a role of its own in the one file.</summary>
    private static readonly string[] Users = ["DB_USER"];

    public static TheoryData<string> Services => ["postgres", "pgbouncer", "migrations", "api"];

    [Fact]
    public void Writes_the_services_of_the_compose_file() =>
        Assert.Equal(
            PublishedFiles.Deployed.Services.Keys.Except(OnlyDeployed).Order(),
            published.Compose.Services.Keys.Where(name => name != OnlyPublished).Order());

    [Theory]
    [MemberData(nameof(Services))]
    public void Writes_the_same_image_and_command(string name) =>
        Same(name, service => [service.Image, .. service.Command]);

    [Theory]
    [MemberData(nameof(Services))]
    public void Writes_the_same_settings_but_for_secrets(string name) =>
        Same(name, service => [.. service.Environment.Keys.Except(Secrets).Except(Others).Order()]);

    [Theory]
    [InlineData("pgbouncer")]
    [InlineData("postgres")]
    public void Writes_the_same_values_where_they_are_not_secrets(string name) =>
        Same(name, service => [.. service.Environment.Where(variable => !Secrets.Contains(variable.Key) && !Others.Contains(variable.Key) && !Users.Contains(variable.Key)).Select(variable => $"{variable.Key}={variable.Value}").Order()]);

    [Theory]
    [InlineData("migrations")]
    [InlineData("api")]
    public void Writes_the_same_connection_but_for_user_and_password(string name) =>
        Same(name, service => [.. service.Environment["ConnectionStrings__promptstash"].Split(';').Where(option => option.Split('=')[0] is not ("Username" or "Password"))]);

    [Theory]
    [InlineData("POSTGRES_PASSWORD", "postgres-password", "postgres")]
    [InlineData("DB_PASSWORD", "app-password", "pgbouncer")]
    [InlineData("Mail__Smtp__Password", "smtp-password", "api")]
    public void Writes_as_a_variable_what_the_other_takes_from_a_file(string variable, string secret, string name)
    {
        Assert.StartsWith("${", published.Compose.Services[name].Environment[variable], StringComparison.Ordinal);
        Assert.Contains(secret, PublishedFiles.Deployed.Services[name].Secrets.Values);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("pgbouncer")]
    [InlineData("api")]
    public void Writes_the_same_conditions_to_start_but_for_the_roles(string name) =>
        Same(name, service => [.. service.DependsOn.Where(other => other.Key != "roles").Select(other => $"{other.Key}: {other.Value}").Order()]);

    [Fact]
    public void Lets_the_migrations_wait_for_the_database_where_the_other_waits_for_the_roles_in_it()
    {
        Assert.Equal([new("postgres", "service_healthy")], published.Compose.Services["migrations"].DependsOn);
        Assert.Equal([new("roles", "service_completed_successfully")], PublishedFiles.Deployed.Services["migrations"].DependsOn);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("migrations")]
    [InlineData("api")]
    public void Writes_the_same_health_check(string name) =>
        Same(name, service => [.. service.Healthcheck.Select(setting => $"{setting.Key}: {setting.Value}").Order()]);

    [Fact]
    public void Writes_the_same_health_check_of_the_pool_but_for_where_the_password_is() =>
        Same("pgbouncer", service => [.. service.Healthcheck.Select(setting => $"{setting.Key}: {setting.Value[(setting.Value.IndexOf("psql", StringComparison.Ordinal) is >= 0 and var at ? at : 0)..]}").Order()]);

    [Theory]
    [MemberData(nameof(Services))]
    public void Writes_the_same_bounds_and_ends(string name) => Same(name, service =>
    [
        service.Restart ?? "", service.MemoryLimit ?? "", service.IsReadOnly.ToString(), service.StopSignal ?? "", service.StopGracePeriod ?? "",
        .. service.CapDrop.Order(), .. service.CapAdd.Order(), .. service.SecurityOpt, .. service.InMemory.Order(), .. service.Volumes.Order(),
    ]);

    [Fact]
    public void Opens_only_the_API_and_what_shows_telemetry() =>
        Assert.Equal(
            ["api", OnlyPublished], published.Compose.Services.Values.Where(service => service.Ports.Count > 0).Select(service => service.Name).Order());

    [Fact]
    public void Asks_for_every_value_and_gives_none_away()
    {
        Assert.Equal(
            ["API_IMAGE", "KNOWN_PROXY", "MAIL_FROM", "MIGRATIONS_IMAGE", "POSTGRES_PASSWORD", "POSTGRES_USER", "PUBLIC_URL", "SMTP_HOST", "SMTP_PASSWORD", "SMTP_USER"],
            published.Variables.Keys.Order());
        Assert.All(published.Variables.Values, Assert.Empty);
    }

    private void Same(string name, Func<ComposeService, IEnumerable<string>> look) =>
        Assert.Equal(look(PublishedFiles.Deployed.Services[name]), look(published.Compose.Services[name]));
}
