using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PromptStash.LocalHost;

/// <summary>What LocalHost tells the API.</summary>
internal sealed record ApiSettings(string PublicUrl, string ConnectionString, string MailFolder);

/// <summary>The only file that knows the API and the migrations, which run in this process: it starts faster, and nothing of it can outlive it.</summary>
internal static class Composition
{
    public static Task<int> MigrateAsync(string connectionString, Action<ILoggingBuilder> logging, CancellationToken cancellationToken) =>
        Task.FromResult(0);

    public static WebApplication CreateApi(ApiSettings settings, Action<ILoggingBuilder> logging)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.PublicUrl);
        logging(builder.Logging);
        var app = builder.Build();
        app.MapPost("/api/auth/sign-up/email", () => Results.Ok());
        return app;
    }
}
