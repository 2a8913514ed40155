using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace PromptStash.LocalHost;

/// <summary>Logs of the API and the migrations: all of it into files, the console stays calm.</summary>
internal sealed class LocalLogs : IDisposable
{
    private const int DaysToKeep = 14;
    private const long LargestFile = 50 * 1024 * 1024;

    private readonly Logger _files;

    public LocalLogs(string folder) =>
        _files = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(
                Path.Combine(folder, "promptstash-.log"),
                outputTemplate: "{Timestamp:yyyy-MM-dd'T'HH:mm:ss.fffzzz} {Level:u4} {SourceContext}: {Message:lj}{NewLine}{Exception}",
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: LargestFile,
                retainedFileCountLimit: DaysToKeep)
            .CreateLogger();

    public void Configure(ILoggingBuilder logging)
    {
        logging.AddProvider(new SerilogLoggerProvider(_files));
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Warning);

        // A rule for a provider goes before every rule of the configuration, which is left to decide about the files.
        logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.Warning);
    }

    public void Dispose() => _files.Dispose();
}
