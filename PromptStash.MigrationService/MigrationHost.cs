using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using PromptStash.Identity;
using PromptStash.MigrationService.Linting;
using PromptStash.MigrationService.Seeding;
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
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IHostApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        if (EF.IsDesignTime)
        {
            // 'dotnet ef' runs this program up to here, to find the contexts in the host that is built.
            using var host = Build(configure, logsToErrors: false);
            return ExitCodes.Done;
        }

        try
        {
            return await CommandLine.RunAsync(args, configure, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Before there is a logger, such as for a settings file that cannot be read. The library's own answer is a stack trace.
            await Console.Error.WriteLineAsync($"PromptStash.MigrationService cannot start: {exception.Message}");

            return ExitCodes.Failed;
        }
    }

    /// <summary>Builds the host of a verb.</summary>
    /// <param name="configure">Settings of a program that runs the worker inside itself.</param>
    /// <param name="logsToErrors">Keeps standard output for what the verb prints.</param>
    internal static IHost Build(Action<IHostApplicationBuilder>? configure, bool logsToErrors)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });

        // First of all: a new source below the others makes the configuration read all of them again, and forget what was set by hand.
        builder.AddSecretFiles();
        builder.Configuration["Logging:LogLevel:Microsoft.EntityFrameworkCore"] ??= "Warning";
        builder.Configuration["Logging:LogLevel:Npgsql"] ??= "Warning";
        if (logsToErrors && Steps.HasTerminal)
        {
            // What is under way is told by the bars.
            builder.Configuration["Logging:LogLevel:PromptStash.MigrationService"] ??= "Warning";
        }

        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = logsToErrors ? LogLevel.Trace : LogLevel.None);
        builder.AddServiceDefaults().AddPromptStashDatabase(direct: true);
        builder.Services.AddSingleton<TimeProvider, DatabaseClock>();

        // The order of this list is the order of the migrations.
        builder.Services.AddIdentityDatabase();
        builder.Services.AddStashesDatabase();
        builder.Services.AddSharingDatabase();

        builder.Services.AddOptions<MigrationOptions>().BindConfiguration(MigrationOptions.Section).ValidateDataAnnotations();
        builder.Services.AddSingleton<DirectDatabase>();
        builder.Services.AddSingleton<Migrator>();
        builder.Services.AddSingleton<Steps>();
        builder.Services.AddSingleton<ClientTools>();
        builder.Services.AddSingleton<Squawk>();
        builder.Services.AddSingleton<BackupWriter>();
        builder.Services.AddSingleton<BackupReader>();
        builder.Services.AddSingleton<Maintenance>();
        builder.Services.AddSingleton<DemoData>();
        configure?.Invoke(builder);

        return builder.Build();
    }
}
