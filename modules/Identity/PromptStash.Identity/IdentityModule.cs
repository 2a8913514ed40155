using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Accounts;
using PromptStash.Identity.ApiTokens;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Contracts;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.KeyRing;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;
using PromptStash.Identity.SignIn;
using PromptStash.Identity.SignUp;
using PromptStash.Identity.Social;
using PromptStash.Identity.Throttling;
using PromptStash.Identity.TwoFactor;
using PromptStash.Identity.Users;

namespace PromptStash.Identity;

/// <summary>The Identity module: accounts, sessions and what proves them.</summary>
public static class IdentityModule
{
    /// <summary>Below this path the module speaks Better Auth's contract, also in its errors.</summary>
    public const string AuthPath = "/api/auth";

    /// <summary>The log of mails that are written as files, with their addresses and live links: for the console of a developer, and to be kept from all else.</summary>
    public const string MailPickupLog = "PromptStash.Identity.Mail.PickupMailer";

    private const string AccountPath = "/api/v1/account";
    private const string DefaultScheme = "PromptStash";

    // No operation takes more than a few addresses and a password.
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Adds what a migration of the schema <c>identity</c> needs.</summary>
    public static IServiceCollection AddIdentityDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<IdentityDbContext>(IdentityDbContext.Schema);

    /// <summary>Adds what reading encrypted secrets needs beside <see cref="AddIdentityDatabase"/>: the key ring, and its settings.</summary>
    public static IServiceCollection AddIdentityKeyRing(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("promptstash");
        services.AddSingleton<KeyRingCertificates>();
        services.AddOptions<KeyRingOptions>().BindConfiguration(KeyRingOptions.Section);
        services.AddOptions<KeyManagementOptions>().Configure<IServiceScopeFactory>((keys, scopes) => keys.XmlRepository = new KeyRingRepository(scopes));
        services.AddOptions<KeyManagementOptions>().Configure<KeyRingCertificates>((keys, certificates) =>
            keys.XmlEncryptor = certificates.Current is null ? null : new CertificateXmlEncryptor(certificates));

        return services;
    }

    /// <summary>Decrypts one of the database's secrets, to see that the key ring and its certificate are there.</summary>
    /// <returns>Whether it could be; null where the database holds no secret.</returns>
    public static Task<bool?> CanDecryptSecretAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        SecretsProbe.TryAsync(services, cancellationToken);

    /// <summary>
    /// Adds the module: its database, authentication by session cookie as the default scheme, mail, and the data protection key ring.
    /// Settings are in the sections <c>Identity</c>, <c>Mail</c> and <c>Api</c> and are checked when the host starts.
    /// </summary>
    public static IServiceCollection AddIdentityModule(this IServiceCollection services)
    {
        services.AddValidation();
        services.AddIdentityDatabase();

        // Before everything that looks at the key ring when the host starts.
        services.AddHostedService<KeyRingStart>();
        services.AddOutboxDispatcher<IdentityDbContext>();
        services.AddSingleton<AuditLogger>();
        services.ConfigureDbContext<IdentityDbContext>((provider, db) => db.AddInterceptors(provider.GetRequiredService<AuditLogger>()));
        services.AddIdentitySettings();

        // The first writer that can, writes; the framework's own one always can.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, AuthProblemWriter>());
        services.AddProblemDetails();
        services.AddIdentityAuthentication();
        services.AddIdentityKeyRing();
        services.AddSingleton<TrustedOrigins>();
        services.AddSingleton<PublicLinks>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<PasswordRules>();
        services.AddSingleton<SessionStarter>();
        services.AddScoped<AttemptLimit>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<PasswordConfirmation>();
        services.AddScoped<UserDeletion>();
        services.AddScoped<IAccountExporter, IdentityExporter>();
        services.AddScoped<IUserDirectory, UserDirectory>();
        services.AddSingleton<IPasswordHashes, PasswordHashes>();
        services.AddSingleton<TotpSecrets>();
        services.AddSingleton<BackupCodes>();
        services.AddScoped<TrustedDevices>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<SocialChallenge>();
        services.AddScoped<SocialSignIn>();
        services.AddHostedService<IdentityHousekeeping>();
        services.TryAddSingleton<IMailer>(provider => provider.GetRequiredService<IOptions<MailOptions>>().Value.HasSmtp
            ? new TracedMailer(ActivatorUtilities.CreateInstance<SmtpMailer>(provider), "smtp")
            : new TracedMailer(ActivatorUtilities.CreateInstance<PickupMailer>(provider), "pickup"));

        services.AddScoped<MailAllowance>();
        services.AddScoped<SecurityNotices>();
        services.AddScoped<IInvitationMails, InvitationMails>();
        services.AddEventConsumer<VerificationMailRequested, EmailVerificationMail>(VerificationMailRequested.Type);
        services.AddEventConsumer<PasswordResetRequested, PasswordResetMail>(PasswordResetRequested.Type);
        services.AddEventConsumer<EmailChangeRequested, EmailChangeMail>(EmailChangeRequested.Type);
        services.AddEventConsumer<UserDeletionRequested, UserDeletionMail>(UserDeletionRequested.Type);

        return services.AddEventConsumer<SecurityNoticeRequested, SecurityNotices>(SecurityNoticeRequested.Type);
    }

    /// <summary>
    /// Refuses unsafe requests that a page of another site made a browser send. Before authentication, and after whatever tells the
    /// request's real scheme and host.
    /// </summary>
    public static IApplicationBuilder UseCrossSiteRequestProtection(this IApplicationBuilder app) =>
        app.UseMiddleware<CrossSiteRequestProtection>();

    /// <summary>Maps <c>/api/auth</c>, and <c>/api/v1/account</c> in the form of the rest of the API.</summary>
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
        auth.MapListSessions();
        auth.MapRevokeSession();
        auth.MapRevokeSessions();
        auth.MapRevokeOtherSessions();
        auth.MapSendVerificationEmail();
        auth.MapVerifyEmail();
        auth.MapRequestPasswordReset();
        auth.MapOpenPasswordReset();
        auth.MapResetPassword();
        auth.MapChangePassword();
        auth.MapChangeEmail();
        auth.MapUpdateUser();
        auth.MapDeleteUser();
        auth.MapConfirmUserDeletion();
        auth.MapEnableTwoFactor();
        auth.MapVerifyTotp();
        auth.MapVerifyBackupCode();
        auth.MapGenerateBackupCodes();
        auth.MapGetTotpUri();
        auth.MapDisableTwoFactor();
        auth.MapSignInSocial();
        auth.MapLinkSocial();
        auth.MapListAccounts();
        auth.MapUnlinkAccount();
        auth.MapCreateApiToken();
        auth.MapListApiTokens();
        auth.MapDeleteApiToken();
        auth.MapAuthOk();

        var account = endpoints.MapGroup(AccountPath).WithTags("Account");
        account.MapListAuditEvents();
        account.MapExportAccount();

        return endpoints;
    }

    /// <summary>
    /// A bearer token or a session, and a token only outside of /api/auth: it must never be able to make another token or change what its
    /// user signs in with.
    /// </summary>
    private static void AddIdentityAuthentication(this IServiceCollection services)
    {
        services.AddAuthentication(DefaultScheme)
            .AddPolicyScheme(DefaultScheme, displayName: null, policy => policy.ForwardDefaultSelector = context =>
                ApiTokenSecret.IsBrought(context.Request) && !context.Request.Path.StartsWithSegments(AuthPath, StringComparison.OrdinalIgnoreCase)
                    ? ApiTokenAuthenticationHandler.SchemeName
                    : SessionAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(SessionAuthenticationHandler.SchemeName, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, ApiTokenAuthenticationHandler>(ApiTokenAuthenticationHandler.SchemeName, configureOptions: null);
        SocialProviders.Add(services);
        services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .AddRequirements(new WithinTokenRequirement())
            .Build());
        services.AddScoped<IAuthorizationHandler, WithinTokenHandler>();
    }

    private static void AddIdentitySettings(this IServiceCollection services)
    {
        services.AddOptions<IdentityOptions>()

            // A developer has no mailbox to prove; a setting still decides otherwise.
            .Configure<IHostEnvironment>((identity, environment) => identity.RequireVerifiedEmail = !environment.IsDevelopment())
            .BindConfiguration(IdentityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PublicAddressOptions>().BindConfiguration(PublicAddressOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ProviderOptions>().BindConfiguration(ProviderOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProviderOptions>, ProviderOptionsValidation>();
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidation>();
    }
}
