using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using PromptStash.Api;
using PromptStash.ServiceDefaults;

if (args is [HealthProbe.Verb])
{
    return await HealthProbe.RunAsync(new ConfigurationBuilder().AddEnvironmentVariables().Build(), Console.Error, CancellationToken.None);
}

try
{
    await using var app = ApiHost.Create(args, configure: null);
    await app.RunAsync();

    return 0;
}
catch (Exception exception) when (Reasons(exception) is { Count: > 0 } reasons)
{
    // These say what to set; where in the code it was noticed helps nobody.
    foreach (var reason in reasons)
    {
        await Console.Error.WriteLineAsync($"PromptStash.Api cannot start: {reason}");
    }

    return 1;
}

static List<string> Reasons(Exception exception) => exception switch
{
    AggregateException several => [.. several.InnerExceptions.SelectMany(Reasons)],
    OptionsValidationException or DatabaseSettingException or SecretFilesException => [exception.Message],
    IOException { InnerException: AddressInUseException } => [exception.Message],
    _ => [],
};
