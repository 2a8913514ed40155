using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using PromptStash.Api;
using PromptStash.MigrationService;

namespace PromptStash.LocalHost;

/// <summary>What LocalHost tells the API.</summary>
internal sealed record ApiSettings(string PublicUrl, string ConnectionString, string MailFolder);

/// <summary>
/// The only file that knows the API and the migrations. Both run in this process: it starts faster, and nothing of theirs can outlive it.
/// </summary>
internal static class Composition
{
    /// <summary>Brings the database up to date and answers the worker's exit code.</summary>
    public static Task<int> MigrateAsync(string connectionString, Action<ILoggingBuilder> logging, CancellationToken cancellationToken) =>
        MigrationHost.RunAsync(
            [],
            builder =>
            {
                builder.Configuration["ConnectionStrings:promptstash-direct"] = connectionString;
                logging(builder.Logging);
            },
            cancellationToken);

    /// <summary>Builds the API without starting it.</summary>
    public static WebApplication CreateApi(ApiSettings settings, Action<ILoggingBuilder> logging)
    {
        (string Key, string Value)[] configuration =
        [
            ("urls", settings.PublicUrl),
            ("ConnectionStrings:promptstash", settings.ConnectionString),
            ("Api:PublicUrl", settings.PublicUrl),
            ("Mail:PickupFolder", settings.MailFolder),
            // Whoever tries this on their own machine has no mailbox to prove.
            ("Identity:RequireVerifiedEmail", "false"),
        ];

        // As a command line, so that they are there from the first line of the API on and go before the environment.
        return ApiHost.Create(
            [.. configuration.Select(setting => $"--{setting.Key}={setting.Value}")],
            builder => logging(builder.Logging));
    }
}
