namespace PromptStash.AppHost.Tests;

public sealed class TheDatabaseServer(PublishedModel model)
{
    private PostgresServerResource Postgres => model.Resource<PostgresServerResource>("postgres");

    [Fact]
    public void Is_PostgreSQL_16()
    {
        var image = Assert.Single(Postgres.Annotations.OfType<ContainerImageAnnotation>());

        Assert.Equal("library/postgres", image.Image);
        Assert.Equal("16", image.Tag);
    }

    [Fact]
    public void Keeps_its_data_in_a_named_volume_where_version_16_looks_for_it()
    {
        var mount = Assert.Single(Postgres.Annotations.OfType<ContainerMountAnnotation>());

        Assert.Equal(ContainerMountType.Volume, mount.Type);
        Assert.Equal("promptstash-postgres", mount.Source);
        Assert.Equal("/var/lib/postgresql/data", mount.Target);
        Assert.False(mount.IsReadOnly);
    }

    [Fact]
    public void Outlives_the_run_that_started_it()
    {
        var lifetime = Assert.Single(Postgres.Annotations.OfType<ContainerLifetimeAnnotation>());

        Assert.Equal(ContainerLifetime.Persistent, lifetime.Lifetime);
    }

    [Fact]
    public async Task Preloads_pg_stat_statements() =>
        Assert.Equal(
            ["postgres", "-c", "shared_preload_libraries=pg_stat_statements"], await model.ArgumentsOfAsync(Postgres));

    [Fact]
    public async Task Holds_the_database_also_where_nobody_creates_it_afterwards()
    {
        var database = model.Resource<PostgresDatabaseResource>("promptstash");
        var environment = await model.EnvironmentOfAsync(Postgres);

        Assert.Same(Postgres, database.Parent);
        Assert.Equal("promptstash", database.DatabaseName);
        Assert.Equal("promptstash", environment["POSTGRES_DB"]);
    }

    [Fact]
    public async Task Takes_its_credentials_from_the_parameters()
    {
        var environment = await model.EnvironmentOfAsync(Postgres);

        Assert.Equal("{postgres-user.value}", environment["POSTGRES_USER"]);
        Assert.Equal("{postgres-password.value}", environment["POSTGRES_PASSWORD"]);
    }

    [Fact]
    public void Is_health_checked_and_so_is_the_database()
    {
        Assert.Single(Postgres.Annotations.OfType<HealthCheckAnnotation>());
        Assert.Single(model.Resource<PostgresDatabaseResource>("promptstash").Annotations.OfType<HealthCheckAnnotation>());
    }

    [Fact]
    public void Can_be_browsed_with_pgAdmin_which_starts_only_when_asked_to()
    {
        var pgAdmin = model.Resource<ContainerResource>("pgadmin");

        Assert.Single(pgAdmin.Annotations.OfType<ExplicitStartupAnnotation>());
        Assert.Equal(5050, Assert.Single(pgAdmin.Annotations.OfType<EndpointAnnotation>()).Port);
    }
}
