using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Sessions;
using PromptStash.Identity.TwoFactor;

namespace PromptStash.Identity.Social;

/// <summary>
/// What becomes of somebody who comes back from a provider. An account is the provider's name and its id of the user (ASVS 6.8.1); an
/// address only ever finds a user when the provider has proven it, and so have we.
/// </summary>
internal sealed class SocialSignIn(
    IdentityDbContext db,
    SessionStarter sessions,
    SecondFactor secondFactor,
    TrustedDevices devices,
    SecurityNotices notices,
    IDataProtectionProvider dataProtection,
    IOptions<ProviderOptions> options,
    TimeProvider time)
{
    public const string State = "state";
    public const string Callback = "callback";
    public const string ErrorCallback = "error-callback";
    public const string NewUserCallback = "new-user-callback";
    public const string LinkSession = "link-session";

    /// <summary>How long somebody may take at the provider.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _protector = dataProtection.CreateProtector("oauth-token");

    /// <summary>The provider said who it is.</summary>
    public async Task CompleteAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var cancellationToken = context.HttpContext.RequestAborted;
        var now = time.GetUtcNow();
        var items = context.Properties!.Items;

        // The handler has checked that the browser is the same; that it comes back only once is checked here.
        if (!items.TryGetValue(State, out var state)
            || await db.ConsumeAsync(state ?? "", cancellationToken, VerificationPurposes.OAuthState) is not { } issued
            || issued.ExpiresAt <= now)
        {
            Fail(context.HttpContext, context.Properties, "state_mismatch");
            return;
        }

        if (ProviderUser.Of(context) is not { } provided)
        {
            Fail(context.HttpContext, context.Properties, "unable_to_get_user_info");
            return;
        }

        try
        {
            if (items.TryGetValue(LinkSession, out var linkSession) && linkSession is not null)
            {
                await LinkAsync(provided, Guid.Parse(linkSession), context, now, cancellationToken);
            }
            else
            {
                await SignInAsync(provided, context, now, cancellationToken);
            }
        }
        catch (DbUpdateException exception)
            when (exception.IsViolationOf(IdentityDbContext.UniqueEmail) || exception.IsViolationOf(IdentityDbContext.UniqueProviderAccount))
        {
            // Somebody was quicker with the same address or account. Whoever it was, the next try finds them.
            Fail(context.HttpContext, context.Properties, "unable_to_link_account");
        }
    }

    /// <summary>The provider, or its answer, failed; the text of it stays in the log.</summary>
    public static Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        Fail(context.HttpContext, context.Properties, context.Properties is null ? "state_mismatch" : "invalid_code");

        return Task.CompletedTask;
    }

    /// <summary>The user did not want to.</summary>
    public static Task DenyAsync(AccessDeniedContext context)
    {
        context.HandleResponse();
        Fail(context.HttpContext, context.Properties, "access_denied");

        return Task.CompletedTask;
    }

    private async Task SignInAsync(ProviderUser provided, TicketReceivedContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var account = await FindAccountAsync(provided, cancellationToken);
        var user = account is null ? null : await db.Users.SingleAsync(u => u.Id == account.UserId, cancellationToken);
        var isNew = false;
        if (user is null)
        {
            if (Refuse(provided) is { } error)
            {
                Fail(context.HttpContext, context.Properties, error);
                return;
            }

            user = await db.Users.SingleOrDefaultAsync(u => u.Email == provided.Email, cancellationToken);
            if (user is { EmailVerified: false })
            {
                // Whoever made that account did not prove the address; its owner must not walk into it.
                Fail(context.HttpContext, context.Properties, "account_not_linked");
                return;
            }

            isNew = user is null;
            user ??= AddUser(provided, now);
            account = AddAccount(provided, user.Id, now);
            db.AddSuccess(isNew ? AuditTypes.SignUp : AuditTypes.AccountLinked, user.Id, context.HttpContext, now, provided.Provider);
            if (!isNew)
            {
                notices.Add(db, user.Email, SecurityNotice.AccountLinked, now);
            }
        }

        KeepTokens(account!, context.Properties!, now);
        await BeginSessionAsync(user, isNew, provided.Provider, context, now, cancellationToken);
    }

    private async Task BeginSessionAsync(
        User user, bool isNew, string provider, TicketReceivedContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var http = context.HttpContext;
        var callback = context.Properties!.Items[isNew ? NewUserCallback : Callback]!;
        if (user.TwoFactorEnabled && !await devices.RecognizeAsync(http, user.Id, now, cancellationToken))
        {
            await db.SaveChangesAsync(cancellationToken);
            await secondFactor.ChallengeAsync(http, user.Id, remember: true, now, cancellationToken);
            http.Response.Redirect(QueryHelpers.AddQueryString(callback, "twoFactorRedirect", "true"));
            return;
        }

        var session = sessions.Start(db, user.Id, remember: true, http, now);
        db.AddSuccess(AuditTypes.SignIn, user.Id, http, now, provider);
        await db.SaveChangesAsync(cancellationToken);

        // This runs before the request is authenticated, so the session that it carries has to be looked up.
        if ((await http.AuthenticateAsync(SessionAuthenticationHandler.SchemeName)).Succeeded && http.GetSession() is { } previous)
        {
            await db.Sessions.Where(s => s.Id == previous.Id).ExecuteDeleteAsync(cancellationToken);
        }

        session.WriteCookie(http);
        http.Response.Redirect(callback);
    }

    private async Task LinkAsync(
        ProviderUser provided, Guid sessionId, TicketReceivedContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var user = await db.Sessions
            .Where(s => s.Id == sessionId && s.ExpiresAt > now && s.AbsoluteExpiresAt > now)
            .Select(s => s.User)
            .SingleOrDefaultAsync(cancellationToken);
        var account = await FindAccountAsync(provided, cancellationToken);
        var error = user is null ? "unable_to_link_account"
            : account is not null && account.UserId != user.Id ? "account_already_linked_to_different_user"
            : account is not null ? null
            : !provided.EmailVerified ? "unable_to_link_account"
            : provided.Email != user.Email && !options.Value.LinkDifferentEmails ? "email_does_not_match"
            : null;
        if (error is not null)
        {
            Fail(context.HttpContext, context.Properties, error);
            return;
        }

        if (account is null)
        {
            account = AddAccount(provided, user!.Id, now);
            notices.Add(db, user.Email, SecurityNotice.AccountLinked, now);
            db.AddSuccess(AuditTypes.AccountLinked, user.Id, context.HttpContext, now, provided.Provider);
        }

        KeepTokens(account, context.Properties!, now);
        await db.SaveChangesAsync(cancellationToken);
        context.HttpContext.Response.Redirect(context.Properties!.Items[Callback]!);
    }

    private Task<Account?> FindAccountAsync(ProviderUser provided, CancellationToken cancellationToken) =>
        db.Accounts.SingleOrDefaultAsync(a => a.ProviderId == provided.Provider && a.AccountId == provided.Id, cancellationToken);

    private static string? Refuse(ProviderUser provided) =>
        provided.Email is null ? "email_not_found"
        : !provided.EmailVerified ? "email_not_verified"
        : null;

    private User AddUser(ProviderUser provided, DateTimeOffset now)
    {
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            Name = provided.Name,
            Email = provided.Email!,
            EmailVerified = true,
            Image = provided.Image,
            CreatedAt = now,
            UpdatedAt = now,
            SecurityStamp = Secret.Create(),
        };
        db.Users.Add(user);

        return user;
    }

    private Account AddAccount(ProviderUser provided, Guid userId, DateTimeOffset now)
    {
        var account = new Account
        {
            Id = Guid.CreateVersion7(now),
            AccountId = provided.Id,
            ProviderId = provided.Provider,
            UserId = userId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Accounts.Add(account);

        return account;
    }

    private void KeepTokens(Account account, AuthenticationProperties properties, DateTimeOffset now)
    {
        account.AccessToken = Protect(properties.GetTokenValue("access_token"));
        account.RefreshToken = Protect(properties.GetTokenValue("refresh_token")) ?? account.RefreshToken;
        account.IdToken = Protect(properties.GetTokenValue("id_token"));
        account.AccessTokenExpiresAt = DateTimeOffset.TryParse(properties.GetTokenValue("expires_at"), out var expiresAt)
            ? expiresAt.ToUniversalTime()
            : null;
        account.UpdatedAt = now;
    }

    private string? Protect(string? token) => token is null ? null : _protector.Protect(token);

    private static void Fail(HttpContext context, AuthenticationProperties? properties, string error)
    {
        var callback = properties?.Items.TryGetValue(ErrorCallback, out var given) is true ? given! : "/";
        context.Response.Redirect(QueryHelpers.AddQueryString(callback, "error", error));
    }
}
