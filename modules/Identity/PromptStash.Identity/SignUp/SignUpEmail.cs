using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Audit;
using PromptStash.Identity.Data;
using PromptStash.Identity.EmailVerification;
using PromptStash.Identity.Http;
using PromptStash.Identity.Mail;
using PromptStash.Identity.Passwords;
using PromptStash.Identity.Sessions;

namespace PromptStash.Identity.SignUp;

/// <summary>A new account.</summary>
/// <param name="Name">How the user is shown.</param>
/// <param name="Email">The address; it is kept in lower case.</param>
/// <param name="Password">8 to 128 characters, of any kind.</param>
/// <param name="Image">The address of a picture.</param>
/// <param name="CallbackURL">Where the link in the verification mail leads on to: a path, or an address at a trusted origin.</param>
/// <param name="RememberMe">False for a session that ends with the browser, or after a day.</param>
internal sealed record SignUpEmailRequest(
    string Name, string Email, string Password, string? Image, string? CallbackURL, bool? RememberMe) : IAuthRequest<SignUpEmailRequest>
{
    public static bool AcceptsForm => true;

    public static SignUpEmailRequest Read(BodyReader body) => new(
        body.String("name", User.NameMaxLength),
        body.Email("email"),
        body.String("password", PasswordRules.MaxCodeUnits),
        body.OptionalString("image", User.ImageMaxLength),
        body.OptionalString("callbackURL", EmailVerificationMail.CallbackUrlMaxLength),
        body.OptionalBoolean("rememberMe"));
}

/// <summary>The new account, and its session's handle where it was signed in at once.</summary>
internal sealed record SignUpAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Guid? Token, UserAnswer User);

internal static class SignUpEmail
{
    public static void MapSignUpEmail(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/sign-up/email", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(SignUpEmail))
            .WithSummary("Create an account with an e-mail address and a password")
            .WithDescription(
                "Where addresses have to be verified, the answer is the same for a new address and for one that is taken, and no session is begun: " +
                "what is true is told by mail. Elsewhere a taken address is answered with 422, and a new user is signed in.")
            .WithRequestExample(new { name = "Ada Lovelace", email = "ada@example.com", password = "analytical engine no. 1" })
            .WithResponseExample(new SignUpAnswer(Token: null, UserAnswer.Example with { EmailVerified = false }))
            .ProducesErrors(
                StatusCodes.Status403Forbidden, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests,
                StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<SignUpAnswer>, AuthErrorResult>> HandleAsync(
        AuthBody<SignUpEmailRequest> body,
        HttpContext context,
        IdentityDbContext db,
        PasswordRules rules,
        PasswordHashing hashing,
        SessionStarter sessions,
        MailAllowance mails,
        TrustedOrigins origins,
        IOptions<IdentityOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request.CallbackURL is { } callbackUrl && !origins.IsTrustedRedirect(callbackUrl))
        {
            return AuthErrors.InvalidCallbackUrl;
        }

        if (rules.Check(request.Password, request.Email) is { } refused)
        {
            return refused;
        }

        var requireVerifiedEmail = options.Value.RequireVerifiedEmail;
        var hash = await hashing.HashAsync(request.Password, cancellationToken);
        var now = time.GetUtcNow();
        var user = AddUser(db, request, hash, now);
        VerificationMailRequested? mail = await mails.TakeAsync(request.Email, now, cancellationToken)
            ? new VerificationMailRequested(request.Email, request.CallbackURL)
            : null;
        AddMail(db, mail, now);
        db.AddSuccess(AuditTypes.SignUp, user.Id, context, now);
        var session = requireVerifiedEmail ? null : sessions.Start(db, user.Id, request.RememberMe ?? true, context, now);

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsViolationOf(IdentityDbContext.UniqueEmail))
        {
            if (!requireVerifiedEmail)
            {
                return AuthErrors.UserAlreadyExists;
            }

            // The answer and the work are those of a new address; its owner is told by mail, and nobody else.
            db.ChangeTracker.Clear();
            AddMail(db, mail, now);
            await db.SaveFailureAsync(AuditTypes.SignUp, userId: null, context, now, cancellationToken);
        }

        session?.WriteCookie(context);

        return TypedResults.Ok(new SignUpAnswer(session?.Session.Id, UserAnswer.Of(user)));
    }

    private static void AddMail(IdentityDbContext db, VerificationMailRequested? mail, DateTimeOffset now)
    {
        if (mail is not null)
        {
            db.Publish(VerificationMailRequested.Type, mail, now);
        }
    }

    private static User AddUser(IdentityDbContext db, SignUpEmailRequest request, string passwordHash, DateTimeOffset now)
    {
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name,
            Email = request.Email,
            Image = request.Image,
            CreatedAt = now,
            UpdatedAt = now,
            SecurityStamp = Secret.Create(),
        };
        db.Users.Add(user);
        db.Accounts.Add(new Account
        {
            Id = Guid.CreateVersion7(now),
            AccountId = user.Id.ToString(),
            ProviderId = Account.CredentialProvider,
            UserId = user.Id,
            Password = passwordHash,
            CreatedAt = now,
            UpdatedAt = now,
        });

        return user;
    }
}
