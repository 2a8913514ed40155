using PromptStash.Identity;
using PromptStash.ServiceDefaults;
using PromptStash.Sharing;
using PromptStash.Stashes;

namespace PromptStash.Api;

/// <summary>Composes the modules into one process, one port, one OpenAPI document.</summary>
public static class ApiHost
{
    /// <summary>Builds the API without starting it.</summary>
    /// <param name="args">The command line: settings as <c>--Section:Name=value</c>.</param>
    /// <param name="configure">Settings of a program that runs the API inside itself.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults();
        builder.AddPromptStashDatabase();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddIdentityDatabase();
        builder.Services.AddStashesDatabase();
        builder.Services.AddSharingDatabase();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapHealthEndpoints();

        return app;
    }
}
