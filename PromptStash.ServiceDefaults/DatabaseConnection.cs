using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using PromptStash.BuildingBlocks;

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
            foreach (var types in provider.GetServices<DatabaseTypes>())
            {
                types.Map(source);
            }

            return source.Build();
        });

        return builder;
    }

    /// <summary>The connection string that the configuration gives.</summary>
    /// <exception cref="DatabaseSettingException">There is none, or <c>DATABASE_URL</c> cannot be read; the message says what to set.</exception>
    public static string GetConnectionString(IConfiguration configuration, bool direct)
    {
        // An empty setting is what a variable without a value becomes in a compose file: the same as none.
        string[] names = direct ? [DirectName, Name] : [Name];
        if (names.Select(configuration.GetConnectionString).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) is { } configured)
        {
            return configured;
        }

        if (configuration[UrlVariable] is { Length: > 0 } url)
        {
            return DatabaseUrl.ToConnectionString(url);
        }

        // 'dotnet ef' compares models without a database.
        return EF.IsDesignTime
            ? "Host=design-time"
            : throw new DatabaseSettingException(
                $"No database is configured. Set ConnectionStrings__{Name}=\"Host=…;Database=…;Username=…;Password=…\" or {UrlVariable}=postgresql://user:password@host:port/database.");
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
