using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace PromptStash.BuildingBlocks;

/// <summary>PostgreSQL types (enums) that a module adds to the process's one connection pool.</summary>
/// <param name="Map">Called once, when the pool is built.</param>
public sealed record DatabaseTypes(Action<NpgsqlDataSourceBuilder> Map);

/// <summary>Registers a module's context on the shared connection pool, in a schema of its own.</summary>
public static class ModuleDatabase
{
    /// <summary>The name of the table of applied migrations; every schema has one.</summary>
    public const string HistoryTable = "__EFMigrationsHistory";

    /// <summary>
    /// Adds <typeparamref name="TContext"/> (pooled, snake_case names, retries of transient errors) and its <see cref="IModuleMigrator"/>.
    /// The host must have registered an <see cref="NpgsqlDataSource"/>, so that all modules share one pool and one limit of connections.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="schema">The schema that this module owns.</param>
    /// <param name="mapTypes">Enum mappings for the pool.</param>
    /// <param name="configure">The same enum mappings for EF Core's model.</param>
    public static IServiceCollection AddModuleDatabase<TContext>(
        this IServiceCollection services,
        string schema,
        Action<NpgsqlDataSourceBuilder>? mapTypes = null,
        Action<NpgsqlDbContextOptionsBuilder>? configure = null)
        where TContext : DbContext
    {
        if (mapTypes is not null)
        {
            services.AddSingleton(new DatabaseTypes(mapTypes));
        }

        services.AddDbContextPool<TContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>(), npgsql =>
            {
                npgsql.MigrationsHistoryTable(HistoryTable, schema);
                npgsql.ExecutionStrategy(dependencies => new TransientRetry(dependencies));
                configure?.Invoke(npgsql);
            })
            .UseSnakeCaseNamingConvention()
            // A unique index that decides against a request is no error, and one that is surfaces as an exception anyway.
            .ConfigureWarnings(warnings => warnings.Log(
                (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug), (CoreEventId.QueryIterationFailed, LogLevel.Debug)))
            .AddInterceptors(provider.GetServices<OutboxSignal<TContext>>())

            // What a host wants to see of every command.
            .AddInterceptors(provider.GetServices<DbCommandInterceptor>()));

        return services.AddSingleton<IModuleMigrator>(provider => new ModuleMigrator<TContext>(
            schema, provider.GetRequiredService<IServiceScopeFactory>()));
    }

    /// <summary>Ids are made by the application, so that a repeated insert meets its own row instead of making a second one.</summary>
    public static void UseApplicationIds(this ModelBuilder model)
    {
        foreach (var key in model.Model.GetEntityTypes().SelectMany(type => type.FindPrimaryKey()?.Properties ?? []))
        {
            if (key.ClrType == typeof(Guid))
            {
                key.ValueGenerated = ValueGenerated.Never;
            }
        }
    }

    /// <summary>Names a unique index or key so that the code which handles its violation can name it too.</summary>
    public static IndexBuilder<T> IsUnique<T>(this IndexBuilder<T> index, string name) => index.IsUnique().HasDatabaseName(name);

    /// <summary>Whether the statement failed because this one constraint or unique index decided against it.</summary>
    public static bool IsViolationOf(this Exception exception, string constraint) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException) is { } postgres
        && postgres.ConstraintName == constraint;
}
