namespace PromptStash.IntegrationTests.Identity;

/// <summary>Better Auth's own client, with its two-factor plugin, finds what it expects on every route: status, keys, codes, cookies.</summary>
[Collection(nameof(IdentityTests))]
public sealed class UsingTheOfficialClient(OfficialClientRun run) : IClassFixture<OfficialClientRun>
{
    private const string Error = "message code";
    private const string Begun = "session_token=…; max-age=604800";
    private const string Ended = "session_token=; max-age=0";

    public static TheoryData<string, string, int, string?, string?> Expected => new()
    {
        { "ok", "GET /ok", 200, "ok", null },
        { "sign up: too short", "POST /sign-up/email", 400, Error, "PASSWORD_TOO_SHORT" },
        { "sign up: too long", "POST /sign-up/email", 400, Error, "PASSWORD_TOO_LONG" },
        { "sign up: no address", "POST /sign-up/email", 400, Error, "VALIDATION_ERROR" },
        { "sign up", "POST /sign-up/email", 200, "token user", null },
        { "sign up: taken", "POST /sign-up/email", 422, Error, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" },
        { "get session", "GET /get-session", 200, "session user", null },
        { "get session: nobody", "GET /get-session", 200, null, null },
        { "get session: post", "POST /get-session", 405, Error, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED" },
        { "sign in: wrong password", "POST /sign-in/email", 401, Error, "INVALID_EMAIL_OR_PASSWORD" },
        { "sign in: foreign callback", "POST /sign-in/email", 403, Error, "INVALID_CALLBACK_URL" },
        { "sign in", "POST /sign-in/email", 200, "redirect token user", null },
        { "sign in: not remembered", "POST /sign-in/email", 200, "redirect token user", null },
        { "sign in: not JSON", "POST /sign-in/email", 415, Error, "UNSUPPORTED_MEDIA_TYPE" },
        { "list sessions", "GET /list-sessions", 200, "[]", null },
        { "list sessions: nobody", "GET /list-sessions", 401, Error, "UNAUTHORIZED" },
        { "list sessions: not fresh", "GET /list-sessions", 403, Error, "SESSION_NOT_FRESH" },
        { "revoke session", "POST /revoke-session", 200, "status", null },
        { "revoke session: unknown", "POST /revoke-session", 200, "status", null },
        { "revoke session: nobody", "POST /revoke-session", 401, Error, "UNAUTHORIZED" },
        { "revoke other sessions", "POST /revoke-other-sessions", 200, "status", null },
        { "revoke other sessions: nobody", "POST /revoke-other-sessions", 401, Error, "UNAUTHORIZED" },
        { "revoke sessions", "POST /revoke-sessions", 200, "status", null },
        { "revoke sessions: nobody", "POST /revoke-sessions", 401, Error, "UNAUTHORIZED" },
        { "update user", "POST /update-user", 200, "status", null },
        { "update user: address", "POST /update-user", 400, Error, "EMAIL_CAN_NOT_BE_UPDATED" },
        { "update user: nothing", "POST /update-user", 400, Error, "NO_FIELDS_TO_UPDATE" },
        { "update user: nobody", "POST /update-user", 401, Error, "UNAUTHORIZED" },
        { "send verification email: of somebody else", "POST /send-verification-email", 400, Error, "EMAIL_MISMATCH" },
        { "send verification email", "POST /send-verification-email", 200, "status", null },
        { "send verification email: verified", "POST /send-verification-email", 400, Error, "EMAIL_ALREADY_VERIFIED" },
        { "verify email: callback", "GET /verify-email", 302, null, null },
        { "verify email", "GET /verify-email", 200, "status user", null },
        { "verify email: again", "GET /verify-email", 401, Error, "INVALID_TOKEN" },
        { "change password: wrong", "POST /change-password", 400, Error, "INVALID_PASSWORD" },
        { "change password: nobody", "POST /change-password", 401, Error, "UNAUTHORIZED" },
        { "change password", "POST /change-password", 200, "token user", null },
        { "change password: others stay unnamed", "POST /change-password", 200, "token user", null },
        { "change email: the same", "POST /change-email", 400, Error, "EMAIL_IS_THE_SAME" },
        { "change email: nobody", "POST /change-email", 401, Error, "UNAUTHORIZED" },
        { "change email", "POST /change-email", 200, "status", null },
        { "request password reset: foreign page", "POST /request-password-reset", 403, Error, "INVALID_REDIRECT_URL" },
        { "request password reset", "POST /request-password-reset", 200, "status message", null },
        { "open password reset", "GET /reset-password/TOKEN", 302, null, null },
        { "open password reset: unknown", "GET /reset-password/nothing", 302, null, null },
        { "reset password: too short", "POST /reset-password", 400, Error, "PASSWORD_TOO_SHORT" },
        { "reset password", "POST /reset-password", 200, "status", null },
        { "reset password: again", "POST /reset-password", 400, Error, "INVALID_TOKEN" },
        { "get TOTP URI: not enabled", "POST /two-factor/get-totp-uri", 400, Error, "TOTP_NOT_ENABLED" },
        { "get TOTP URI", "POST /two-factor/get-totp-uri", 200, "totpURI", null },
        { "get TOTP URI: wrong password", "POST /two-factor/get-totp-uri", 400, Error, "INVALID_PASSWORD" },
        { "enable two-factor: wrong password", "POST /two-factor/enable", 400, Error, "INVALID_PASSWORD" },
        { "enable two-factor: nobody", "POST /two-factor/enable", 401, Error, "UNAUTHORIZED" },
        { "enable two-factor", "POST /two-factor/enable", 200, "method totpURI backupCodes", null },
        { "enable two-factor: again", "POST /two-factor/enable", 400, Error, "TOTP_ALREADY_ENABLED" },
        { "generate backup codes: not enabled", "POST /two-factor/generate-backup-codes", 400, Error, "TWO_FACTOR_NOT_ENABLED" },
        { "generate backup codes", "POST /two-factor/generate-backup-codes", 200, "status backupCodes", null },
        { "generate backup codes: wrong password", "POST /two-factor/generate-backup-codes", 400, Error, "INVALID_PASSWORD" },
        { "sign in: second factor", "POST /sign-in/email", 200, "twoFactorRedirect twoFactorMethods", null },
        { "sign in: trusted device", "POST /sign-in/email", 200, "redirect token user", null },
        { "sign in: no second factor any more", "POST /sign-in/email", 200, "redirect token user", null },
        { "verify TOTP: nobody", "POST /two-factor/verify-totp", 401, Error, "INVALID_TWO_FACTOR_COOKIE" },
        { "verify TOTP: enrol", "POST /two-factor/verify-totp", 200, "token user", null },
        { "verify TOTP: used code", "POST /two-factor/verify-totp", 401, Error, "INVALID_CODE" },
        { "verify TOTP", "POST /two-factor/verify-totp", 200, "token user", null },
        { "verify backup code", "POST /two-factor/verify-backup-code", 200, "token user", null },
        { "verify backup code: again", "POST /two-factor/verify-backup-code", 401, Error, "INVALID_BACKUP_CODE" },
        { "verify backup code: nobody", "POST /two-factor/verify-backup-code", 401, Error, "INVALID_TWO_FACTOR_COOKIE" },
        { "verify backup code: too often", "POST /two-factor/verify-backup-code", 400, Error, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE" },
        { "disable two-factor: wrong password", "POST /two-factor/disable", 400, Error, "INVALID_PASSWORD" },
        { "disable two-factor", "POST /two-factor/disable", 200, "status", null },
        { "list accounts", "GET /list-accounts", 200, "[]", null },
        { "list accounts: nobody", "GET /list-accounts", 401, Error, "UNAUTHORIZED" },
        { "sign in with a provider: unknown", "POST /sign-in/social", 404, Error, "PROVIDER_NOT_FOUND" },
        { "link a provider: unknown", "POST /link-social", 404, Error, "PROVIDER_NOT_FOUND" },
        { "unlink account: the last", "POST /unlink-account", 400, Error, "FAILED_TO_UNLINK_LAST_ACCOUNT" },
        { "unlink account: nobody", "POST /unlink-account", 401, Error, "UNAUTHORIZED" },
        { "sign out", "POST /sign-out", 200, "success", null },
        { "sign out: nobody", "POST /sign-out", 200, "success", null },
        { "unknown route", "GET /no-such-route", 404, null, null },
        { "delete user: not fresh", "POST /delete-user", 400, Error, "SESSION_EXPIRED" },
        { "delete user: wrong password", "POST /delete-user", 400, Error, "INVALID_PASSWORD" },
        { "delete user: unknown link", "GET /delete-user/callback", 404, Error, "INVALID_TOKEN" },
        { "delete user: nobody", "POST /delete-user", 401, Error, "UNAUTHORIZED" },
        { "delete user", "POST /delete-user", 200, "success message", null },
        { "sign in: deleted", "POST /sign-in/email", 401, Error, "INVALID_EMAIL_OR_PASSWORD" },
    };

    public static TheoryData<string, string[]> ExpectedCookies => new()
    {
        { "sign up", [Begun] },
        { "sign in", [Begun] },
        { "sign in: not remembered", ["session_token=…"] },
        { "sign in: wrong password", [] },
        { "sign in: second factor", ["two_factor=…; max-age=600", Ended] },
        { "sign in: trusted device", ["trust_device=…; max-age=2592000", Begun] },
        { "get session", [] },
        { "revoke sessions", [Ended] },
        { "revoke other sessions", [] },
        { "change password", [Begun] },
        { "verify TOTP: enrol", [Begun, "two_factor=; max-age=0"] },
        { "verify TOTP", [Begun, "two_factor=; max-age=0", "trust_device=…; max-age=2592000"] },
        { "verify TOTP: used code", [] },
        { "verify backup code", [Begun, "two_factor=; max-age=0"] },
        { "verify backup code: too often", ["two_factor=; max-age=0"] },
        { "disable two-factor", [Begun, "trust_device=; max-age=0"] },
        { "reset password", [] },
        { "sign out", [Ended] },
        { "delete user", [Ended] },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Is_answered_as_it_expects(string step, string route, int status, string? keys, string? code)
    {
        var exchange = run.Exchanges[step];
        var path = exchange.Path.StartsWith("/reset-password/", StringComparison.Ordinal) && exchange.Path.Length > 50 ? "/reset-password/TOKEN" : exchange.Path;

        Assert.Equal(
            (route, status, keys, code),
            ($"{exchange.Method} {path}", exchange.Status, KeysOf(exchange.Body), exchange.Body.ValueKind == JsonValueKind.Object && exchange.Body.TryGetProperty("code", out var found) ? found.GetString() : null));
    }

    [Theory]
    [MemberData(nameof(ExpectedCookies))]
    public void Is_given_the_cookies_of_the_contract(string step, string[] cookies) =>
        Assert.Equal(cookies.Select(cookie => $"promptstash.{cookie}; path=/; samesite=lax; httponly"), run.Exchanges[step].Cookies.Select(Normalize));

    [Fact]
    public void Has_every_step_held_to_something() =>
        Assert.Equal(run.Exchanges.Keys.Order(StringComparer.Ordinal), Expected.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Fact]
    public void Finds_the_user_with_all_keys_of_the_contract() => Assert.Equal(
        ["createdAt", "email", "emailVerified", "id", "image", "name", "twoFactorEnabled", "updatedAt"],
        run.Exchanges["get session"].Body.GetProperty("user").Keys().Order(StringComparer.Ordinal));

    [Fact]
    public void Finds_the_session_with_all_keys_of_the_contract() => Assert.Equal(
        ["createdAt", "expiresAt", "id", "ipAddress", "token", "updatedAt", "userAgent", "userId"],
        run.Exchanges["get session"].Body.GetProperty("session").Keys().Order(StringComparer.Ordinal));

    [Fact]
    public void Finds_the_account_with_all_keys_of_the_contract() => Assert.Equal(
        ["accountId", "createdAt", "id", "providerId", "scopes", "updatedAt", "userId"],
        run.Exchanges["list accounts"].Body[0].Keys().Order(StringComparer.Ordinal));

    [Fact]
    public void Is_told_of_an_error_with_its_status_and_code()
    {
        var error = run.Results["sign in: wrong password"].GetProperty("error");

        Assert.Equal((401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
            (error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public void Is_given_no_data_when_nobody_is_signed_in() =>
        Assert.Equal(JsonValueKind.Null, run.Results["get session: nobody"].GetProperty("data").ValueKind);

    [Fact]
    public void Is_sent_on_with_the_token_to_the_page_that_asks_for_a_new_password() =>
        Assert.Matches(@"^/new-password\?token=[\w-]{43}\z", run.Exchanges["open password reset"].Location);

    [Fact]
    public void Is_sent_on_with_an_error_when_the_link_is_over() =>
        Assert.Equal("/welcome?error=INVALID_TOKEN", run.Exchanges["verify email: callback"].Location);

    [Fact]
    public void Is_given_ten_backup_codes_of_the_known_form()
    {
        var codes = run.Exchanges["enable two-factor"].Body.GetProperty("backupCodes").EnumerateArray().Select(code => code.GetString()!).ToList();

        Assert.Equal(10, codes.Count);
        Assert.All(codes, code => Assert.Matches("^[a-zA-Z0-9]{5}-[a-zA-Z0-9]{5}\\z", code));
    }

    [Fact]
    public void Is_given_the_new_session_only_when_it_asked_to_end_the_others()
    {
        Assert.Equal(JsonValueKind.String, run.Exchanges["change password"].Body.GetProperty("token").ValueKind);
        Assert.Equal(JsonValueKind.Null, run.Exchanges["change password: others stay unnamed"].Body.GetProperty("token").ValueKind);
    }

    [Fact]
    public void Is_never_given_an_answer_that_may_be_kept() =>
        Assert.All(run.Exchanges.Values, exchange => Assert.Equal("no-store", exchange.Cache));

    private static string? KeysOf(JsonElement body) => body.ValueKind switch
    {
        JsonValueKind.Object => string.Join(' ', body.Keys()),
        JsonValueKind.Array => "[]",
        _ => null,
    };

    /// <summary>A cookie without its secret, and without the date that says what Max-Age says too.</summary>
    private static string Normalize(string cookie) => string.Join("; ", cookie.Split("; ")
        .Where(part => !part.StartsWith("expires=", StringComparison.Ordinal))
        .Select((part, index) => index == 0 && !part.EndsWith('=') ? part[..(part.IndexOf('=', StringComparison.Ordinal) + 1)] + "…" : part));
}
