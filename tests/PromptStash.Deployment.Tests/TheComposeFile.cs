using System.Text.RegularExpressions;
using System.Xml.Linq;
using PromptStash.MigrationService.Verbs;

namespace PromptStash.Deployment.Tests;

/// <summary>deploy/docker-compose.yaml, held to its rules. That it says what the AppHost publishes is a test of the AppHost.</summary>
public sealed partial class TheComposeFile
{
    private static readonly ComposeFile Compose = ComposeFile.Read(Path.Combine(Repository.Deploy, "docker-compose.yaml"));

    private static readonly Dictionary<string, string> Example = File.ReadLines(Path.Combine(Repository.Deploy, ".env.example"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    public static TheoryData<string> Services => [.. Compose.Services.Keys];

    /// <summary>The services that go on running; roles and migrations end.</summary>
    public static TheoryData<string> Servers => [.. Compose.Services.Keys.Where(name => name is not ("roles" or "migrations"))];

    [Fact]
    public void Has_everything_that_PromptStash_is() =>
        Assert.Equal(["api", "migrations", "pgbouncer", "postgres", "proxy", "roles"], Compose.Services.Keys.Order());

    [Theory]
    [MemberData(nameof(Servers))]
    public void Restarts_what_ends_and_knows_when_it_is_healthy(string name)
    {
        Assert.Equal("unless-stopped", Compose.Services[name].Restart);
        Assert.Contains("test", Compose.Services[name].Healthcheck.Keys);
    }

    [Theory]
    [InlineData("roles")]
    [InlineData("migrations")]
    public void Lets_what_has_an_end_end(string name) => Assert.Equal("no", Compose.Services[name].Restart);

    [Theory]
    [MemberData(nameof(Services))]
    public void Bounds_memory(string name) => Assert.Matches(Memory, Compose.Services[name].MemoryLimit);

    [Theory]
    [MemberData(nameof(Services))]
    public void Takes_away_what_a_service_does_not_need(string name)
    {
        var service = Compose.Services[name];

        Assert.True(service.IsReadOnly);
        Assert.Equal(["ALL"], service.CapDrop);
        Assert.Equal(["no-new-privileges:true"], service.SecurityOpt);
        Assert.Contains("/tmp", service.InMemory.Concat(service.Volumes));
    }

    [Fact]
    public void Starts_everything_once_what_it_needs_is_ready()
    {
        Assert.Empty(Compose.Services["postgres"].DependsOn);
        Assert.Equal([("postgres", "service_healthy")], Waits("roles"));
        Assert.Equal([("postgres", "service_healthy"), ("roles", "service_completed_successfully")], Waits("pgbouncer"));
        Assert.Equal([("roles", "service_completed_successfully")], Waits("migrations"));
        Assert.Equal([("migrations", "service_completed_successfully"), ("pgbouncer", "service_healthy")], Waits("api"));
        Assert.Equal([("api", "service_healthy")], Waits("proxy"));
    }

    [Fact]
    public void Opens_the_proxy_only() =>
        Assert.Equal(["proxy"], Compose.Services.Values.Where(service => service.Ports.Count > 0).Select(service => service.Name));

    [Fact]
    public void Keeps_the_proxy_away_from_the_database()
    {
        Assert.Equal(["edge"], Compose.Services["proxy"].Networks);
        Assert.Equal(["edge", "data"], Compose.Services["api"].Networks);
        Assert.All(["migrations", "pgbouncer", "postgres", "roles"], name => Assert.Equal(["data"], Compose.Services[name].Networks));
    }

    [Fact]
    public void Waits_for_the_end_of_the_API_as_long_as_the_guide_says()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

        Assert.Contains($"`stop_grace_period: {Compose.Services["api"].StopGracePeriod}`", guide, StringComparison.Ordinal);
    }

    [Fact]
    public void Believes_only_the_network_of_the_proxy_about_addresses()
    {
        var edge = Compose.Root.Mapping("networks").Single(network => network.Key == "edge").Value;

        Assert.Equal("${EDGE_SUBNET}", Compose.Services["api"].Environment["Api__KnownProxies__0"]);
        Assert.Contains("${EDGE_SUBNET}", edge.ToString(), StringComparison.Ordinal);
        Assert.True(System.Net.IPNetwork.TryParse(Example["EDGE_SUBNET"], out _));
    }

    [Fact]
    public void Connects_the_API_through_the_pool_and_the_migrations_directly()
    {
        Assert.StartsWith("Host=pgbouncer;Port=6432;", Compose.Services["api"].Environment["ConnectionStrings__promptstash"], StringComparison.Ordinal);
        Assert.StartsWith("Host=postgres;Port=5432;", Compose.Services["migrations"].Environment["ConnectionStrings__promptstash"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roles", "Username=${POSTGRES_USER}", "postgres-password")]
    [InlineData("migrations", "Username=promptstash_owner", "owner-password")]
    [InlineData("api", "Username=promptstash_app", "app-password")]
    public void Gives_everybody_the_role_with_the_least(string name, string user, string password)
    {
        var service = Compose.Services[name];

        Assert.Contains(user, service.Environment["ConnectionStrings__promptstash"].Split(';'));
        Assert.Equal(password, service.Secrets["Database__Password"]);
    }

    [Fact]
    public void Pools_the_role_of_the_API_and_no_other()
    {
        var pool = Compose.Services["pgbouncer"];

        Assert.Equal("promptstash_app", pool.Environment["DB_USER"]);
        Assert.Equal(["app-password"], pool.Secrets.Values);
    }

    [Fact]
    public void Makes_the_roles_with_the_passwords_that_are_used_afterwards()
    {
        var secrets = Compose.Services["roles"].Secrets;

        Assert.Equal(["roles"], Compose.Services["roles"].Command);
        Assert.Equal("owner-password", secrets[Roles.PasswordSetting("owner")]);
        Assert.Equal("app-password", secrets[Roles.PasswordSetting("app")]);
    }

    [Fact]
    public void Runs_two_processes_of_the_API() => Assert.Equal("2", Compose.Services["api"].Replicas);

    [Fact]
    public void Gives_the_API_longer_to_stop_than_it_takes() =>
        Assert.True(TimeSpan.FromSeconds(int.Parse(Compose.Services["api"].StopGracePeriod!.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)) > (TimeSpan)Settings.Default("Api", "ShutdownTimeout"));

    [Theory]
    [InlineData("api")]
    [InlineData("roles")]
    [InlineData("migrations")]
    public void Sets_only_what_the_product_has(string name)
    {
        var service = Compose.Services[name];

        Assert.All(service.Environment.Keys, variable => Assert.True(Settings.Has(variable), $"{variable} is no setting."));
        Assert.All(
            service.Secrets.Keys.Where(target => !target.StartsWith('/')), target => Assert.True(Settings.Has(target), $"{target} is no setting."));
    }

    [Theory]
    [InlineData("Mail__Smtp__Hots")]
    [InlineData("Api__KnownProxies__first")]
    [InlineData("Identity__Password")]
    [InlineData("Database__Passwort")]
    public void Is_held_to_settings_by_what_knows_those_that_are_none(string variable) => Assert.False(Settings.Has(variable));

    [Fact]
    public void Holds_no_secret()
    {
        var values = Compose.Services.Values.SelectMany(service => service.Environment).Where(variable => variable.Key.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(values);
        Assert.DoesNotMatch(PasswordInAConnectionString, Compose.Text);
        Assert.DoesNotContain(Example.Keys, name => name.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Takes_every_secret_from_a_file_that_the_script_makes_and_Git_ignores()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Deploy, "make-secrets.sh"));
        var ignored = File.ReadAllLines(Path.Combine(Repository.Deploy, ".gitignore"));
        var files = Compose.Root.Mapping("secrets").ToDictionary(secret => secret.Key, secret => ((YamlDotNet.RepresentationModel.YamlMappingNode)secret.Value).Find("file")!.ToString());

        Assert.Equal(files.Keys.Order(), Compose.Services.Values.SelectMany(service => service.Secrets.Values).Distinct().Order());
        Assert.All(files.Values, file => Assert.Contains(Path.GetFileName(file), script, StringComparison.Ordinal));
        Assert.Contains("/secrets/", ignored);
        Assert.Contains("/.env", ignored);
    }

    [Fact]
    public void Uses_the_variables_of_the_example_and_all_of_them() =>
        Assert.Equal(Example.Keys.Order(), Variables.Matches(Compose.Text).Select(match => match.Groups["name"].Value).Distinct().Order());

    [Fact]
    public void Names_the_images_that_this_version_publishes()
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Equal($"{RepositoryOf("PromptStash.Api")}:{version}", Example["API_IMAGE"]);
        Assert.Equal($"{RepositoryOf("PromptStash.MigrationService")}:{version}", Example["MIGRATIONS_IMAGE"]);
    }

    private static string RepositoryOf(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj")).Descendants("ContainerRepository").Single().Value;

    private static IEnumerable<(string Service, string Condition)> Waits(string name) =>
        Compose.Services[name].DependsOn.Select(other => (other.Key, other.Value)).Order();

    [GeneratedRegex(@"^\d+[MG]$")]
    private static partial Regex Memory { get; }

    [GeneratedRegex("(;|Host=[^;]+;.*)Password=", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordInAConnectionString { get; }

    // A doubled dollar is one for the shell inside the container.
    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Z_]+)")]
    private static partial Regex Variables { get; }
}
