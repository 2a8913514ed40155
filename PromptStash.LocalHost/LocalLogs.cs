using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace PromptStash.LocalHost;

/// <summary>Logs of the API and the migrations: all of it into files, while the console shows only warnings and the links of mails.</summary>
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
        logging.AddConsoleFormatter<PlainConsole, ConsoleFormatterOptions>();
        logging.AddConsole(console =>
        {
            console.FormatterName = PlainConsole.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Warning;
        });

        // A rule for a provider goes before every rule of the configuration, which is left to decide about the files.
        logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.Warning);

        // Keys unencrypted beside the data that they protect: on one's own machine that is as meant.
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // The links of mails: there is no mail server here that would bring them to anybody.
        logging.AddFilter<ConsoleLoggerProvider>("PromptStash.Identity.Mail", LogLevel.Information);
    }

    public void Dispose() => _files.Dispose();
}
