using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.ServiceDefaults;

/// <summary>The one database setting, under the names that Aspire uses.</summary>
public static class DatabaseConnection
{
    /// <summary>The setting <c>ConnectionStrings:promptstash</c>: what the API talks to, pooled or not.</summary>
    public const string Name = "promptstash";

    /// <summary>The optional setting <c>ConnectionStrings:promptstash-direct</c>: PostgreSQL itself, for migrations, locks and backups.</summary>
    public const string DirectName = "promptstash-direct";

    /// <summary>The same setting as an address, as managed providers hand it out.</summary>
    public const string UrlVariable = "DATABASE_URL";

    /// <summary>The password, where the connection string has none: so it can be a secret of its own, and a file.</summary>
    public const string PasswordSetting = "Database:Password";

    /// <summary>Adds the process's one <see cref="NpgsqlDataSource"/> with the types of all registered modules.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="direct">Prefer <see cref="DirectName"/>.</param>
    public static TBuilder AddPromptStashDatabase<TBuilder>(this TBuilder builder, bool direct = false)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton(provider =>
        {
            var source = new NpgsqlDataSourceBuilder(GetConnectionString(provider.GetRequiredService<IConfiguration>(), direct)) { Name = Name };
            source.UseLoggerFactory(provider.GetService<Microsoft.Extensions.Logging.ILoggerFactory>());

            if (provider.GetService<CommandSpans>() is not null)
            {
                // The commands of the modules have spans of their own; of the others, those that belong to something.
                source.ConfigureTracing(tracing => tracing
                    .ConfigureCommandFilter(command => Activity.Current is not null && !command.CommandText.StartsWith(CommandObserver.Mark, StringComparison.Ordinal))
                    .EnablePhysicalOpenTracing(false));
            }

            foreach (var types in provider.GetServices<DatabaseTypes>())
            {
                types.Map(source);
            }

            return source.Build();
        });

        return builder;
    }

    /// <summary>Adds what a running system tells of its database: operation names in its statements, their spans, slow commands in its log, and metrics.</summary>
    public static TBuilder AddPromptStashDatabaseMonitoring<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<DatabaseMonitoringOptions>()
            .BindConfiguration(DatabaseMonitoringOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<DatabaseMeter>();
        builder.Services.AddSingleton<CommandSpans>();
        builder.Services.AddSingleton<DbCommandInterceptor, CommandObserver>();
        builder.Services.AddHostedService<DatabaseSampler>();

        return builder;
    }

    /// <summary>The connection string that the configuration gives.</summary>
    /// <exception cref="DatabaseSettingException">There is none, or <c>DATABASE_URL</c> cannot be read; the message says what to set.</exception>
    public static string GetConnectionString(IConfiguration configuration, bool direct)
    {
        foreach (var name in direct ? [DirectName, Name] : (string[])[Name])
        {
            // An empty setting is none: so a compose file or a shell leaves one out.
            if (configuration.GetConnectionString(name) is { } configured && !string.IsNullOrWhiteSpace(configured))
            {
                Check(name, configured);

                return WithPassword(configuration, configured);
            }
        }

        if (configuration[UrlVariable] is { Length: > 0 } url)
        {
            return WithPassword(configuration, DatabaseUrl.ToConnectionString(url));
        }

        // 'dotnet ef' compares models without a database.
        return EF.IsDesignTime
            ? "Host=design-time"
            : throw new DatabaseSettingException(
                $"No database is configured. Set ConnectionStrings__{Name}=\"Host=…;Database=…;Username=…;Password=…\" or {UrlVariable}=postgresql://user:password@host:port/database.");
    }

    /// <summary>What the API talks to, where that is told beside the direct connection.</summary>
    public static string? FindPooled(IConfiguration configuration) =>
        configuration.GetConnectionString(Name) is { } pooled && !string.IsNullOrWhiteSpace(pooled) ? WithPassword(configuration, pooled) : null;

    /// <summary>The same connection string, with the password of <see cref="PasswordSetting"/> unless it has one.</summary>
    private static string WithPassword(IConfiguration configuration, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!string.IsNullOrEmpty(settings.Password) || configuration[PasswordSetting] is not { Length: > 0 } password)
        {
            return connectionString;
        }

        settings.Password = password;

        return settings.ConnectionString;
    }

    private static void Check(string name, string connectionString)
    {
        const string Form = "It must look like Host=…;Database=…;Username=…;Password=…; an address (postgresql://…) goes into " + UrlVariable + ".";
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // Which part it was is not told: of a password with a semicolon it would be a piece.
            throw new DatabaseSettingException($"ConnectionStrings__{name} cannot be read. {Form}");
        }

        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            throw new DatabaseSettingException($"ConnectionStrings__{name} names no Host. {Form}");
        }
    }
}

/// <summary>The database setting is missing or cannot be read; the message says what to set and never repeats a password.</summary>
public sealed class DatabaseSettingException : Exception
{
    /// <summary>Tells what to set.</summary>
    public DatabaseSettingException(string message)
        : base(message)
    {
    }

    /// <summary>Tells what to set, and what went wrong reading it.</summary>
    public DatabaseSettingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
