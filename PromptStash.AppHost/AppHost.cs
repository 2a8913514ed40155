using System.Globalization;
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
        service.Confine("1G", "unless-stopped", "/tmp", "/var/run/postgresql")
            // By TCP: while the image initialises its volume it runs a server of its own, which listens on the socket only.
            .CheckedBy("CMD-SHELL", "pg_isready -h 127.0.0.1 -U \"$$POSTGRES_USER\" -d \"$$POSTGRES_DB\"");

        // The image starts as root, makes the volume its own and becomes the user postgres.
        service.CapAdd.AddRange(["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]);

        // What is under way is written out before it ends; SIGINT, which the image asks for, ends sessions first.
        service.StopGracePeriod = "1m";
    });

var database = postgres.AddDatabase("promptstash");

var pgbouncer = builder.AddPgBouncer("pgbouncer", database)
    .WithPoolMode(PgBouncerPoolMode.Transaction)
    .WithPoolSize(16, reserve: 4) // PostgreSQL allows 100: the rest is for the worker, backups and an administrator
    .WithMaxClients(500)
    .WithPreparedStatements(200)
    .PublishAsDockerComposeService((_, service) =>
    {
        service.Confine("128M", "unless-stopped", "/tmp", "/etc/pgbouncer")
            // A query, not pg_isready: PgBouncer accepts clients before it has reached a server.
            .CheckedBy(
                "CMD-SHELL",
                "PGPASSWORD=\"$$DB_PASSWORD\" psql -h 127.0.0.1 -p \"$$LISTEN_PORT\" -U \"$$DB_USER\" -d \"$$DB_NAME\" -c \"SELECT 1\"")
            .AfterHealthy(postgres.Resource);

        // On SIGTERM it would wait for its clients to leave, on SIGINT for their transactions to end.
        service.StopSignal = "SIGINT";
    });

// --- The application --------------------------------------------------------------------------------------------------------

// Directly, never through PgBouncer: migrating holds an advisory lock, which belongs to a session.
var migrations = builder.AddWorker("migrations", database)
    .PublishAsDockerComposeService((_, service) => service.Confine("512M", "no", "/tmp").AfterHealthy(postgres.Resource));

// Under the same name as the direct connection: the API does not know that there is a pool.
var api = builder.AddProject<Projects.PromptStash_Api>("api", launchProfileName: null)
    .WithReference(pgbouncer, connectionName: database.Resource.Name)
    .WaitFor(pgbouncer)
    .WaitForCompletion(migrations)
    .WithHttpEndpoint(port: publishing ? 8080 : 5081, targetPort: publishing ? 8080 : null)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    // The first one is where users go; as long as there is no page of PromptStash's own, the API leads on from there to its reference.
    .WithUrlForEndpoint("http", url =>
    {
        url.DisplayText = "PromptStash";
        url.Url = "/";
    })
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { DisplayText = "API reference", Url = "/scalar" })
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { DisplayText = "OpenAPI document", Url = "/openapi/v1.json" })
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { DisplayText = "Health", Url = "/health" })
    // The switch this turns off trusts X-Forwarded-For from anyone; the API itself trusts the proxies it is told of.
    .DisableForwardedHeaders()
    .PublishAsDockerComposeService((_, service) =>
    {
        service.Confine("768M", "unless-stopped")
            // On disk, not in memory: archives are put here while they are read, exports of accounts while they are written.
            .AddVolume(new Volume { Name = "", Type = "volume", Target = "/tmp" })
            // The image has no shell and no curl; the program asks its own /health.
            .CheckedBy("CMD", "dotnet", "/app/PromptStash.Api.dll", "healthcheck")
            .AfterHealthy(pgbouncer.Resource);

        // Each question starts a process of its own, a sixth of a second of a core.
        service.Healthcheck!.Interval = "10s";

        // Longer than the API takes to end what it has begun: Api__ShutdownTimeout.
        service.StopGracePeriod = "40s";
    });

if (publishing)
{
    // Outside of Development an address is proven before its owner signs in, so the API does not start without a way to send mail.
    api.WithEnvironment("Api__PublicUrl", builder.AddParameter("public-url")
            .WithDescription("The address under which users reach PromptStash, such as https://prompts.example.com. Links in mails begin with it."))
        .WithEnvironment("Api__KnownProxies__0", builder.AddParameter("known-proxy")
            .WithDescription("The address or network of the reverse proxy in front, whose X-Forwarded-For and -Proto are believed. Empty: none."))
        .WithEnvironment("Mail__From", builder.AddParameter("mail-from")
            .WithDescription("The sender of mails, such as PromptStash <no-reply@example.com>."))
        .WithEnvironment("Mail__Smtp__Host", builder.AddParameter("smtp-host")
            .WithDescription("The mail server, which must offer STARTTLS on port 587."))
        .WithEnvironment("Mail__Smtp__UserName", builder.AddParameter("smtp-user")
            .WithDescription("The name to sign in to the mail server with. Empty: without signing in."))
        .WithEnvironment("Mail__Smtp__Password", builder.AddParameter("smtp-password", secret: true)
            .WithDescription("The password to sign in to the mail server with."));
}
else
{
    // Where a developer looks at what PromptStash mails. It keeps nothing and sends nothing on, and nobody waits for it: mail does.
    var mail = builder.AddContainer("mail", "axllent/mailpit", "v1.22.3")
        .WithImageRegistry("docker.io")
        .WithIconName("Mail")
        .WithHttpEndpoint(targetPort: 8025, name: "http")
        .WithEndpoint(targetPort: 1025, name: "smtp", scheme: "smtp")
        .WithHttpHealthCheck("/readyz")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Mails");
    var smtp = mail.GetEndpoint("smtp");

    // Launch profiles are left out above, so that a setting meant for starting one project alone cannot leak in here.
    migrations.WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName);
    api.WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
        .WithEnvironment("Api__PublicUrl", api.GetEndpoint("http"))
        .WithEnvironment("Mail__Smtp__Host", smtp.Property(EndpointProperty.Host))
        .WithEnvironment("Mail__Smtp__Port", smtp.Property(EndpointProperty.Port))
        .WithEnvironment("Mail__Smtp__Security", "None");

    // The worker's other verbs: shown below the database, started by its commands only.
    var backups = Path.Combine(builder.AppHostDirectory, "artifacts", "backups");
    Directory.CreateDirectory(backups);
    database
        .WithMigrateCommand(migrations)
        .WithSeedCommand(builder.AddVerb("seed", database, "seed"))
        .WithResetCommand(builder.AddVerb("reset", database, "reset", "--yes-delete-everything", database.Resource.DatabaseName), api)
        .WithSlowQueriesCommand(builder.AddVerb("slow-queries", database, "monitor"))
        .WithBackupCommand(builder.AddVerb("backup", database, "backup")
            // Asked at every start, so that no backup takes the place of another.
            .WithArgs(context => context.Args.Add(Path.Combine(
                backups,
                string.Create(CultureInfo.InvariantCulture, $"promptstash-{TimeProvider.System.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.dump")))));
}

builder.Build().Run();
