using Aspire.Hosting.Docker.Resources.ServiceNodes;
using PromptStash.AppHost;

// The application as a model: what there is, what depends on what. "dotnet run" starts it on this machine with the dashboard;
// publishing writes it as docker-compose.yaml and .env.
var builder = DistributedApplication.CreateBuilder(args);
var publishing = builder.ExecutionContext.IsPublishMode;

builder.AddDockerComposeEnvironment("compose")
    .WithProperties(compose => compose.DashboardEnabled = true)
    .ConfigureComposeFile(file => file.Name = "promptstash");

// --- PostgreSQL -------------------------------------------------------------------------------------------------------------

var user = builder.AddParameter("postgres-user", "promptstash")
    .WithDescription("The PostgreSQL role that owns the database.");

// Letters and digits only: the password travels through connection strings, shell scripts and pgbouncer's userlist.txt.
var password = builder.AddParameter(
        "postgres-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true)
    .WithDescription("Its password. Made up on the first start and kept in this project's user secrets, because the data volume remembers it too.");

var postgres = builder.AddPostgres("postgres", user, password)
    .WithImageTag("16") // before WithDataVolume: PostgreSQL 18 moved its data, so the mount depends on the tag
    .WithDataVolume("promptstash-postgres")
    .WithLifetime(ContainerLifetime.Persistent)
    .WithEnvironment("POSTGRES_DB", "promptstash")
    .WithArgs("postgres", "-c", "shared_preload_libraries=pg_stat_statements")
    .WithPgAdmin(pgAdmin => pgAdmin.WithHostPort(5050).WithExplicitStart())
    .PublishAsDockerComposeService((_, service) =>
    {
        service.Restart = "unless-stopped";
        // By TCP: while the image initialises its volume it runs a server of its own, which listens on the socket only.
        service.Healthcheck = EveryFiveSeconds("pg_isready -h 127.0.0.1 -U \"$$POSTGRES_USER\" -d \"$$POSTGRES_DB\"");
    });

var database = postgres.AddDatabase("promptstash");

var pgbouncer = builder.AddPgBouncer("pgbouncer", database)
    .PublishAsDockerComposeService((_, service) =>
    {
        service.Restart = "unless-stopped";
        // A query, not pg_isready: PgBouncer accepts clients before it has reached a server.
        service.Healthcheck = EveryFiveSeconds(
            "PGPASSWORD=\"$$DB_PASSWORD\" psql -h 127.0.0.1 -p \"$$LISTEN_PORT\" -U \"$$DB_USER\" -d \"$$DB_NAME\" -c \"SELECT 1\"");
        service.DependsOn[postgres.Resource.Name].Condition = "service_healthy";
    });

// --- The application --------------------------------------------------------------------------------------------------------

// Directly, never through PgBouncer: migrating holds an advisory lock, which belongs to a session.
var migrations = builder.AddProject<Projects.PromptStash_MigrationService>("migrations", launchProfileName: null)
    .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString)
    .WithReference(database)
    .WaitFor(database)
    .PublishAsDockerComposeService((_, service) => service.DependsOn[postgres.Resource.Name].Condition = "service_healthy");

// Under the same name as the direct connection: the API does not know that there is a pool.
var api = builder.AddProject<Projects.PromptStash_Api>("api", launchProfileName: null)
    .WithReference(pgbouncer, connectionName: database.Resource.Name)
    .WaitFor(pgbouncer)
    .WaitForCompletion(migrations)
    .WithHttpEndpoint(port: publishing ? 8080 : 5081, targetPort: publishing ? 8080 : null)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url =>
    {
        url.DisplayText = "API reference";
        url.Url = "/scalar";
    })
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { DisplayText = "OpenAPI document", Url = "/openapi/v1.json" })
    // The switch this turns off trusts X-Forwarded-For from anyone; the API itself trusts the proxies it is told of.
    .DisableForwardedHeaders()
    .PublishAsDockerComposeService((_, service) =>
    {
        service.Restart = "unless-stopped";
        service.DependsOn[pgbouncer.Resource.Name].Condition = "service_healthy";
    });

if (!publishing)
{
    // Launch profiles are left out above, so that a setting meant for starting one project alone cannot leak in here.
    migrations.WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName);
    api.WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
        .WithEnvironment("Mail__PickupFolder", Path.Combine(builder.AppHostDirectory, "artifacts", "mail"));
}

database
    .WithMigrateCommand(migrations)
    .WithResetCommand(migrations, api);

builder.Build().Run();

static Healthcheck EveryFiveSeconds(string command) => new()
{
    Test = ["CMD-SHELL", command],
    Interval = "5s",
    Timeout = "3s",
    Retries = 10,
    StartPeriod = "10s",
};
