using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Shares;

namespace PromptStash.Sharing.Links;

/// <summary>The password of a link.</summary>
/// <param name="Password">At most 128 characters.</param>
public sealed record UnlockLinkRequest([property: Required, StringLength(ShareRules.PasswordMaxLength)] string Password);

internal static class UnlockLink
{
    public static void MapUnlockLink(this IEndpointRouteBuilder shared, SharingOptions limits) =>
        shared.MapPost("/{token}/unlock", HandleAsync)
            .AllowAnonymous()
            .WithName(nameof(UnlockLink))
            .WithSummary($"Give a link's password; a cookie then opens it for {SharingOptions.Told(limits.VisitLifetime)}")
            .WithDescription($"After {limits.MaxWrongPasswords} wrong passwords the link stays shut for this address for {SharingOptions.Told(limits.PasswordWindow)}, also for the right one.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithRequestExample(new UnlockLinkRequest("three quiet owls"));

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> HandleAsync(
        [Description("The token of the link.")] string token,
        UnlockLinkRequest request,
        HttpContext http,
        LinkGate gate,
        Visitors visitors,
        VisitCookie cookie,
        AttemptLimit attempts,
        IPasswordHashes passwords,
        IOptions<SharingOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var visitor = await visitors.HashAsync(http, cancellationToken);
        if (await gate.FindAsync(token, now, cancellationToken) is not { } link
            || (LinkGate.IsUsedUp(link.Share) && !cookie.Read(http.Request, link.Share).HasFlag(Visit.Opened)))
        {
            return await gate.MissAsync(http, token, ShareActions.Unlock, visitor, now, cancellationToken);
        }

        if (link.Share.PasswordHash is not { } passwordHash)
        {
            return TypedResults.NoContent();
        }

        var window = options.Value.PasswordWindow;
        var key = AttemptLimit.PasswordKey(link.Share.Id, visitor);
        if (await attempts.CountAsync(key, now, window, cancellationToken) > options.Value.MaxWrongPasswords)
        {
            await gate.LogAsync(http, link.Share, ShareActions.Unlock, ShareOutcomes.Denied, visitor, now, cancellationToken);

            return Problems.TooMany(http, window, "Too many wrong passwords. Try again later.");
        }

        switch (await passwords.VerifyAsync(passwordHash, request.Password, cancellationToken))
        {
            case null:
                return Problems.Busy(http);
            case false:
                await gate.LogAsync(http, link.Share, ShareActions.Unlock, ShareOutcomes.WrongPassword, visitor, now, cancellationToken);
                return TypedResults.Problem("This is not the password.", statusCode: StatusCodes.Status401Unauthorized);
        }

        await attempts.ForgetAsync(key, cancellationToken);
        await gate.LogAsync(http, link.Share, ShareActions.Unlock, ShareOutcomes.Done, visitor, now, cancellationToken);
        cookie.Write(http, link.Share, cookie.Read(http.Request, link.Share) | Visit.Unlocked);

        return TypedResults.NoContent();
    }
}
