using Microsoft.Extensions.Configuration;

namespace PromptStash.ServiceDefaults;

/// <summary>The program's own question to a process of it, for a container engine whose image has neither shell nor curl.</summary>
public static class HealthProbe
{
    /// <summary>The command line that asks instead of serving.</summary>
    public const string Verb = "healthcheck";

    /// <summary>How long an answer may take; less than the five seconds that the engine waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Asks <c>/health</c> of the API on this machine.</summary>
    /// <param name="configuration">Where the API listens: <c>HTTP_PORTS</c>; 8080 unless set.</param>
    /// <param name="error">Is told why not.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>0 if it is ready for requests, 1 otherwise.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration, TextWriter error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(error);
        var address = new Uri($"http://127.0.0.1:{PortOf(configuration)}/health");
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            // What is missing, as the health check says it; no setting and no secret.
            await error.WriteLineAsync($"{address} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync($"{address} does not answer: {exception.Message}");
        }

        return 1;
    }

    private static string PortOf(IConfiguration configuration) =>
        (configuration["HTTP_PORTS"] ?? configuration["ASPNETCORE_HTTP_PORTS"])?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "8080";
}
