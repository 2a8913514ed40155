using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PromptStash.Identity;
using PromptStash.ServiceDefaults;
using PromptStash.Sharing;
using PromptStash.Stashes;

namespace PromptStash.MigrationService;

/// <summary>The database worker: the command line, and what a program that carries it along (LocalHost) calls.</summary>
public static class MigrationHost
{
    /// <summary>Runs a verb; none means <c>migrate</c>.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Settings of a program that runs the worker inside itself.</param>
    /// <param name="cancellationToken">Stops the work; what is not committed is undone by PostgreSQL.</param>
    /// <returns>0 when the verb did its work, 1 when it did not.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IHostApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        if (EF.IsDesignTime)
        {
            // 'dotnet ef' runs this program up to here, to find the contexts in the host that is built.
            using var host = Build(configure);
            return 0;
        }

        var migrate = new Command("migrate", "Apply pending migrations to the schemas identity, stashes and sharing. The default.");
        var root = new RootCommand("Looks after the PromptStash database. Reads ConnectionStrings__promptstash-direct, ConnectionStrings__promptstash or DATABASE_URL.")
        {
            migrate,
        };

        migrate.SetAction((_, cancelled) => RunMigrateAsync(configure, cancelled));
        root.SetAction((_, cancelled) => RunMigrateAsync(configure, cancelled));

        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Before there is a logger, such as for a settings file that cannot be read. The library's own answer is a stack trace.
            await Console.Error.WriteLineAsync($"PromptStash.MigrationService cannot start: {exception.Message}");

            return 1;
        }
    }

    private static async Task<int> RunMigrateAsync(Action<IHostApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        using var host = Build(configure);

        return await host.Services.GetRequiredService<Migrator>().RunAsync(cancellationToken);
    }

    private static IHost Build(Action<IHostApplicationBuilder>? configure)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration["Logging:LogLevel:Microsoft.EntityFrameworkCore"] ??= "Warning";
        builder.Configuration["Logging:LogLevel:Npgsql"] ??= "Warning";
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.AddServiceDefaults().AddPromptStashDatabase(direct: true);
        builder.Services.AddSingleton<TimeProvider, DatabaseClock>();

        // The order of this list is the order of the migrations.
        builder.Services.AddIdentityDatabase();
        builder.Services.AddStashesDatabase();
        builder.Services.AddSharingDatabase();

        builder.Services.AddOptions<MigrationOptions>().BindConfiguration(MigrationOptions.Section).ValidateDataAnnotations();
        builder.Services.AddSingleton<Migrator>();
        configure?.Invoke(builder);

        return builder.Build();
    }
}
