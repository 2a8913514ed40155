using System.Globalization;
using System.Xml.Linq;
using k8s.Models;
using Npgsql;
using PromptStash.MigrationService.Verbs;
using YamlDotNet.Core;

namespace PromptStash.Deployment.Tests;

public sealed class TheManifests
{
    private const string Api = "promptstash-api";

    private static readonly string Version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    private static readonly string Migrations = $"promptstash-migrations-{Version.Replace('.', '-')}";

    public static TheoryData<string> Pods => [.. Manifests.Pods.Keys];

    public static TheoryData<string> Settings => [.. Manifests.All.OfType<V1ConfigMap>().Select(map => map.Name()).Where(name => name != "pgbouncer")];

    [Fact]
    public void Are_what_PromptStash_needs() =>
        Assert.Equal(
            [
                "ConfigMap pgbouncer", $"ConfigMap {Api}", "ConfigMap promptstash-migrations", "Deployment pgbouncer", $"Deployment {Api}",
                $"HorizontalPodAutoscaler {Api}", "Ingress promptstash", $"Job {Migrations}", "Namespace promptstash", "NetworkPolicy api-to-pgbouncer",
                "NetworkPolicy ingress-to-api", "NetworkPolicy nobody", "PodDisruptionBudget pgbouncer", $"PodDisruptionBudget {Api}", "Service pgbouncer", $"Service {Api}",
            ],
            Manifests.All.Select(item => $"{item.Kind} {item.Name()}").Order(StringComparer.Ordinal));

    [Fact]
    public void Are_read_so_that_a_misspelt_field_is_noticed() =>
        Assert.Throws<YamlException>(() => Manifests.Parse("apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  slector:\n    a: b\n"));

    [Fact]
    public void Are_in_one_namespace_without_root()
    {
        var space = Manifests.Find<V1Namespace>("promptstash");

        Assert.Equal("restricted", space.Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.All(Manifests.All.Where(item => item is not V1Namespace).Concat(Manifests.Secrets), item => Assert.Equal("promptstash", item.Metadata.NamespaceProperty));
    }

    [Theory]
    [MemberData(nameof(Pods))]
    public void Give_a_pod_no_more_than_it_needs(string name)
    {
        var pod = Manifests.Pods[name];
        var container = Assert.Single(pod.Containers);

        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Contains("memory", container.Resources.Limits.Keys);
        Assert.Contains("cpu", container.Resources.Requests.Keys);
        Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Set_only_what_the_product_has(string map) =>
        Assert.All(
            Manifests.Find<V1ConfigMap>(map).Data.Keys, variable => Assert.True(Deployment.Tests.Settings.Has(variable), $"{variable} is no setting."));

    [Theory]
    [InlineData(Api)]
    [InlineData("promptstash-migrations")]
    public void Give_as_secrets_only_settings_that_the_product_has(string secret) =>
        Assert.All(
            Manifests.Secrets.Single(item => item.Name() == secret).StringData.Keys, key => Assert.True(Deployment.Tests.Settings.Has(key), $"{key} is no setting."));

    [Fact]
    public void Refer_only_to_what_there_is()
    {
        var volumes = Manifests.Pods.Values.SelectMany(pod => pod.Volumes).ToList();
        var sources = volumes.Where(volume => volume.Projected is not null).SelectMany(volume => volume.Projected.Sources).ToList();
        var maps = Manifests.Pods.Values.SelectMany(pod => pod.Containers).SelectMany(container => container.EnvFrom ?? []).Select(source => source.ConfigMapRef.Name)
            .Concat(sources.Where(source => source.ConfigMap is not null).Select(source => source.ConfigMap.Name));
        var secrets = volumes.Where(volume => volume.Secret is not null).Select(volume => volume.Secret.SecretName)
            .Concat(sources.Where(source => source.Secret is not null).Select(source => source.Secret.Name));

        Assert.Equal(Manifests.All.OfType<V1ConfigMap>().Select(map => map.Name()).Order(), maps.Distinct().Order());
        Assert.Equal(Manifests.Secrets.Select(secret => secret.Name()).Order(), secrets.Distinct().Order());
    }

    [Fact]
    public void Look_for_secrets_and_the_key_ring_where_they_are_mounted()
    {
        var settings = Manifests.Find<V1ConfigMap>(Api).Data;
        var mounts = Manifests.Pods[Api].Containers[0].VolumeMounts;

        Assert.Equal(mounts.Single(mount => mount.Name == "secrets").MountPath, settings["Secrets__Folder"]);
        Assert.Equal(mounts.Single(mount => mount.Name == "key-ring").MountPath, Path.GetDirectoryName(settings["Identity__KeyRing__CertificatePath"]));
        Assert.Equal(
            [Path.GetFileName(settings["Identity__KeyRing__CertificatePath"])], Manifests.Secrets.Single(secret => secret.Name() == "promptstash-key-ring").StringData.Keys);
    }

    [Fact]
    public void Ask_a_process_whether_it_lives_without_asking_the_database()
    {
        var container = Manifests.Pods[Api].Containers[0];

        Assert.Equal("/alive", container.StartupProbe.HttpGet.Path);
        Assert.Equal("/alive", container.LivenessProbe.HttpGet.Path);
        Assert.Equal("/health", container.ReadinessProbe.HttpGet.Path);
    }

    [Fact]
    public void Give_the_API_longer_to_stop_than_it_takes()
    {
        var pod = Manifests.Pods[Api];

        Assert.True(
            pod.TerminationGracePeriodSeconds
            > pod.Containers[0].Lifecycle.PreStop.Sleep.Seconds + ((TimeSpan)Deployment.Tests.Settings.Default("Api", "ShutdownTimeout")).TotalSeconds);
    }

    [Fact]
    public void Keep_at_least_one_of_what_is_asked() =>
        Assert.All(
            ["pgbouncer", Api],
            name =>
            {
                var budget = Manifests.Find<V1PodDisruptionBudget>(name).Spec;
                Assert.Equal("1", budget.MinAvailable.Value);
                Assert.Equal(budget.Selector.MatchLabels, Manifests.Find<V1Deployment>(name).Spec.Selector.MatchLabels);
                Assert.Equal(budget.Selector.MatchLabels, Manifests.Find<V1Service>(name).Spec.Selector);
                Assert.True((Manifests.Find<V1Deployment>(name).Spec.Replicas ?? Manifests.Find<V2HorizontalPodAutoscaler>(name).Spec.MinReplicas) >= 2);
            });

    [Fact]
    public void Scale_to_no_more_processes_than_one_PgBouncer_has_room_for()
    {
        var scaler = Manifests.Find<V2HorizontalPodAutoscaler>(Api).Spec;
        var connection = new NpgsqlConnectionStringBuilder(Manifests.Find<V1ConfigMap>(Api).Data["ConnectionStrings__promptstash"]);

        Assert.True(scaler.MaxReplicas * connection.MaxPoolSize <= int.Parse(Pool()["max_client_conn"], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Leave_the_server_the_connections_that_others_need()
    {
        const int MaxConnections = 100; // PostgreSQL's default
        var pods = Manifests.Find<V1Deployment>("pgbouncer").Spec.Replicas!.Value;
        var each = int.Parse(Pool()["default_pool_size"], CultureInfo.InvariantCulture) + int.Parse(Pool()["reserve_pool_size"], CultureInfo.InvariantCulture);

        Assert.True(pods * each <= MaxConnections - 20);
    }

    [Fact]
    public void Configure_PgBouncer_as_the_worker_does()
    {
        var direct = new NpgsqlConnectionStringBuilder(Manifests.Find<V1ConfigMap>("promptstash-migrations").Data["ConnectionStrings__promptstash"]);
        var expected = Values(PgBouncerConfig.Ini(direct, direct.Database!, "/etc/pgbouncer/userlist.txt", new("0.0.0.0", 6432, ["promptstash_app"], []), prepares: true, tls: null));

        Assert.Equal(expected, Pool());
    }

    [Fact]
    public void Connect_the_API_to_the_pool_and_the_migrations_to_the_server()
    {
        var pooled = new NpgsqlConnectionStringBuilder(Manifests.Find<V1ConfigMap>(Api).Data["ConnectionStrings__promptstash"]);
        var service = Manifests.Find<V1Service>("pgbouncer");

        Assert.Equal(service.Name(), pooled.Host);
        Assert.Equal(service.Spec.Ports.Single().Port, pooled.Port);
        Assert.True(pooled.NoResetOnClose);
        Assert.DoesNotContain("pgbouncer", Manifests.Find<V1ConfigMap>("promptstash-migrations").Data["ConnectionStrings__promptstash"], StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_no_secret() =>
        Assert.All(
            Manifests.All.OfType<V1ConfigMap>().SelectMany(map => map.Data),
            entry => Assert.DoesNotContain("Password", entry.Key + entry.Value, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Run_the_images_of_this_version()
    {
        Assert.Equal($"registry.example.com/promptstash-api:{Version}", Manifests.Pods[Api].Containers[0].Image);
        Assert.Equal($"registry.example.com/promptstash-migrations:{Version}", Manifests.Pods[Migrations].Containers[0].Image);
    }

    private static SortedDictionary<string, string> Pool() => Values(Manifests.Find<V1ConfigMap>("pgbouncer").Data["pgbouncer.ini"]);

    private static SortedDictionary<string, string> Values(string ini) => new(ini.Split('\n')
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith(';'))
        .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
        .ToDictionary(pair => pair[0], pair => pair[1]));
}
