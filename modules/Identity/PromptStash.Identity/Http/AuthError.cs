using System.Text.Json.Serialization;

namespace PromptStash.Identity.Http;

/// <summary>An error as Better Auth's clients read it; everything below <c>/api/auth</c> answers errors so.</summary>
/// <param name="Message">For people.</param>
/// <param name="Code">For programs; never changes.</param>
/// <param name="TraceId">Where to look in the logs, for an error that is ours.</param>
internal sealed record AuthError(
    string Message, string Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId = null);

/// <summary>An error answer of a handler.</summary>
internal sealed class AuthErrorResult(int statusCode, string code, string message) : IResult, IStatusCodeHttpResult, IValueHttpResult, IValueHttpResult<AuthError>
{
    public int? StatusCode => statusCode;

    public AuthError Value { get; } = new(message, code);

    object IValueHttpResult.Value => Value;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.Headers.CacheControl = "no-store";

        return httpContext.Response.WriteAsJsonAsync(Value, httpContext.RequestAborted);
    }
}

/// <summary>The errors of the contract, with Better Auth's codes and texts.</summary>
internal static class AuthErrors
{
    public static AuthErrorResult Validation(string message) => new(StatusCodes.Status400BadRequest, "VALIDATION_ERROR", message);

    public static readonly AuthErrorResult Unauthorized = new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Unauthorized");
    public static readonly AuthErrorResult Forbidden = new(StatusCodes.Status403Forbidden, "FORBIDDEN", "Forbidden");
    public static readonly AuthErrorResult PasswordTooShort = new(StatusCodes.Status400BadRequest, "PASSWORD_TOO_SHORT", "Password too short");
    public static readonly AuthErrorResult PasswordTooLong = new(StatusCodes.Status400BadRequest, "PASSWORD_TOO_LONG", "Password too long");
    public static readonly AuthErrorResult InvalidEmail = new(StatusCodes.Status400BadRequest, "INVALID_EMAIL", "Invalid email");
    public static readonly AuthErrorResult InvalidEmailOrPassword = new(StatusCodes.Status401Unauthorized, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password");
    public static readonly AuthErrorResult EmailNotVerified = new(StatusCodes.Status403Forbidden, "EMAIL_NOT_VERIFIED", "Email not verified");
    public static readonly AuthErrorResult UserAlreadyExists = new(StatusCodes.Status422UnprocessableEntity, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "User already exists. Use another email.");
    public static readonly AuthErrorResult VerificationMailNotEnabled = new(StatusCodes.Status400BadRequest, "VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled");
    public static readonly AuthErrorResult EmailMismatch = new(StatusCodes.Status400BadRequest, "EMAIL_MISMATCH", "Email mismatch");
    public static readonly AuthErrorResult EmailAlreadyVerified = new(StatusCodes.Status400BadRequest, "EMAIL_ALREADY_VERIFIED", "Email is already verified");
    public static readonly AuthErrorResult InvalidToken = new(StatusCodes.Status401Unauthorized, "INVALID_TOKEN", "Invalid token");
    public static readonly AuthErrorResult TokenExpired = new(StatusCodes.Status401Unauthorized, "TOKEN_EXPIRED", "Token expired");
    public static readonly AuthErrorResult InvalidPassword = new(StatusCodes.Status400BadRequest, "INVALID_PASSWORD", "Invalid password");
    public static readonly AuthErrorResult PasswordCompromised = new(StatusCodes.Status400BadRequest, "PASSWORD_COMPROMISED", "This password is among the first that anybody would try. Choose another one.");
    public static readonly AuthErrorResult CredentialAccountNotFound = new(StatusCodes.Status400BadRequest, "CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found");
    public static readonly AuthErrorResult InvalidResetToken = new(StatusCodes.Status400BadRequest, "INVALID_TOKEN", "Invalid token");
    public static readonly AuthErrorResult ResetPasswordDisabled = new(StatusCodes.Status400BadRequest, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled");
    public static readonly AuthErrorResult SessionNotFresh = new(StatusCodes.Status403Forbidden, "SESSION_NOT_FRESH", "Session is not fresh");
    public static readonly AuthErrorResult InvalidRedirectUrl = new(StatusCodes.Status403Forbidden, "INVALID_REDIRECT_URL", "Invalid redirectURL");
    public static readonly AuthErrorResult InvalidCallbackUrl = new(StatusCodes.Status403Forbidden, "INVALID_CALLBACK_URL", "Invalid callbackURL");
    public static readonly AuthErrorResult EmailCanNotBeUpdated = new(StatusCodes.Status400BadRequest, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated");
    public static readonly AuthErrorResult EmailIsTheSame = new(StatusCodes.Status400BadRequest, "EMAIL_IS_THE_SAME", "Email is the same");
    public static readonly AuthErrorResult NoFieldsToUpdate = new(StatusCodes.Status400BadRequest, "NO_FIELDS_TO_UPDATE", "No fields to update");
    public static readonly AuthErrorResult SessionExpired = new(StatusCodes.Status400BadRequest, "SESSION_EXPIRED", "Session expired. Re-authenticate to perform this action.");
    public static readonly AuthErrorResult InvalidDeletionToken = new(StatusCodes.Status404NotFound, "INVALID_TOKEN", "Invalid token");
    public static readonly AuthErrorResult UserInfoNotFound = new(StatusCodes.Status404NotFound, "FAILED_TO_GET_USER_INFO", "Failed to get user info");
    public static readonly AuthErrorResult OtpNotConfigured = new(StatusCodes.Status400BadRequest, "OTP_NOT_CONFIGURED", "OTP is not available");
    public static readonly AuthErrorResult TotpAlreadyEnabled = new(StatusCodes.Status400BadRequest, "TOTP_ALREADY_ENABLED", "TOTP is already enabled");
    public static readonly AuthErrorResult TotpNotEnabled = new(StatusCodes.Status400BadRequest, "TOTP_NOT_ENABLED", "TOTP not enabled");
    public static readonly AuthErrorResult TwoFactorNotEnabled = new(StatusCodes.Status400BadRequest, "TWO_FACTOR_NOT_ENABLED", "Two factor isn't enabled");
    public static readonly AuthErrorResult InvalidCode = new(StatusCodes.Status401Unauthorized, "INVALID_CODE", "Invalid code");
    public static readonly AuthErrorResult InvalidBackupCode = new(StatusCodes.Status401Unauthorized, "INVALID_BACKUP_CODE", "Invalid backup code");
    public static readonly AuthErrorResult InvalidTwoFactorCookie = new(StatusCodes.Status401Unauthorized, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie");
    public static readonly AuthErrorResult TooManyAttempts = new(StatusCodes.Status400BadRequest, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "Too many attempts. Please request a new code.");
    public static readonly AuthErrorResult AccountTemporarilyLocked = new(StatusCodes.Status429TooManyRequests, "ACCOUNT_TEMPORARILY_LOCKED", "Too many failed verification attempts. Your account is temporarily locked. Please try again later.");
    public static readonly AuthErrorResult TooManyApiTokens = new(StatusCodes.Status409Conflict, "TOO_MANY_API_TOKENS", "You have as many tokens as you can have. Delete one first.");
    public static readonly AuthErrorResult ApiTokenNotFound = new(StatusCodes.Status404NotFound, "API_TOKEN_NOT_FOUND", "There is no such token.");
    public static readonly AuthErrorResult AccountNotFound = new(StatusCodes.Status400BadRequest, "ACCOUNT_NOT_FOUND", "Account not found");
    public static readonly AuthErrorResult LastAccount = new(StatusCodes.Status400BadRequest, "FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account");
    public static readonly AuthErrorResult ProviderNotFound = new(StatusCodes.Status404NotFound, "PROVIDER_NOT_FOUND", "Provider not found");
    public static readonly AuthErrorResult IdTokenNotSupported = new(StatusCodes.Status404NotFound, "ID_TOKEN_NOT_SUPPORTED", "id_token not supported");
    public static readonly AuthErrorResult InvalidErrorCallbackUrl = new(StatusCodes.Status403Forbidden, "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL");
    public static readonly AuthErrorResult InvalidNewUserCallbackUrl = new(StatusCodes.Status403Forbidden, "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL");
    public static readonly AuthErrorResult InvalidOrigin = new(StatusCodes.Status403Forbidden, "INVALID_ORIGIN", "Invalid origin");
    public static readonly AuthErrorResult MissingOrNullOrigin = new(StatusCodes.Status403Forbidden, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin");
    public static readonly AuthErrorResult CrossSiteNavigation = new(StatusCodes.Status403Forbidden, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", "Cross-site navigation login blocked. This request appears to be a CSRF attack.");
    public static readonly AuthErrorResult Busy = new(StatusCodes.Status503ServiceUnavailable, "SERVICE_UNAVAILABLE", "Too many sign-ins at once. Try again in a second.");

    public static AuthErrorResult MethodNotAllowed(string code, string message) => new(StatusCodes.Status405MethodNotAllowed, code, message);

    /// <summary>Puts error answers into the OpenAPI document.</summary>
    public static RouteHandlerBuilder ProducesErrors(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statusCodes)
    {
        foreach (var statusCode in statusCodes)
        {
            endpoint.Produces<AuthError>(statusCode);
        }

        return endpoint;
    }
}
