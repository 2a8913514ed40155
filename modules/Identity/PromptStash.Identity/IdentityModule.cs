using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;
using PromptStash.Identity.SignIn;
using PromptStash.Identity.SignUp;

namespace PromptStash.Identity;

/// <summary>The Identity module: accounts, sessions and what proves them.</summary>
public static class IdentityModule
{
    /// <summary>Below this path the module speaks Better Auth's contract, also in its errors.</summary>
    public const string AuthPath = "/api/auth";

    // No operation takes more than a few addresses and a password.
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Adds what a migration of the schema <c>identity</c> needs.</summary>
    public static IServiceCollection AddIdentityDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<IdentityDbContext>(IdentityDbContext.Schema);

    /// <summary>
    /// Adds the module: its database, authentication by session cookie as the default scheme, mail, and the data protection key ring.
    /// Settings are in the sections <c>Identity</c>, <c>Mail</c> and <c>Api</c> and are checked when the host starts.
    /// </summary>
    public static IServiceCollection AddIdentityModule(this IServiceCollection services)
    {
        services.AddIdentityDatabase().AddOutboxDispatcher<IdentityDbContext>();
        services.AddIdentitySettings();

        // The first writer that can, writes; the framework's own one always can.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, AuthProblemWriter>());
        services.AddProblemDetails();
        services.AddAuthentication(SessionAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(SessionAuthenticationHandler.SchemeName, configureOptions: null);
        services.AddAuthorization();
        services.AddDataProtection().SetApplicationName("promptstash").PersistKeysToDbContext<IdentityDbContext>();

        services.AddSingleton<TrustedOrigins>();
        services.AddSingleton<PublicLinks>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<PasswordRules>();
        services.AddSingleton<SessionStarter>();
        services.TryAddSingleton<IMailer, PickupMailer>();

        return services.AddEventConsumer<VerificationMailRequested, EmailVerificationMail>(VerificationMailRequested.Type);
    }

    /// <summary>
    /// Refuses unsafe requests that a page of another site made a browser send. Before authentication, and after whatever tells the
    /// request's real scheme and host.
    /// </summary>
    public static IApplicationBuilder UseCrossSiteRequestProtection(this IApplicationBuilder app) =>
        app.UseMiddleware<CrossSiteRequestProtection>();

    /// <summary>Maps <c>/api/auth</c>.</summary>
    public static IEndpointRouteBuilder MapIdentityEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var auth = endpoints.MapGroup(AuthPath)
            .WithTags("Authentication")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status500InternalServerError, typeof(AuthError), ["application/json"]))
            .AddEndpointFilter<RouteGroupBuilder, AuthEndpointFilter>();

        auth.MapSignUpEmail();
        auth.MapSignInEmail();
        auth.MapSignOut();
        auth.MapGetSession();
        auth.MapSendVerificationEmail();
        auth.MapVerifyEmail();
        auth.MapAuthOk();

        return endpoints;
    }

    private static void AddIdentitySettings(this IServiceCollection services)
    {
        services.AddOptions<IdentityOptions>().BindConfiguration(IdentityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PublicAddressOptions>().BindConfiguration(PublicAddressOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidation>();
    }
}
