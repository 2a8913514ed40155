using Microsoft.Extensions.Options;

namespace PromptStash.Identity;

/// <summary>The rules of accounts and sessions: section <c>Identity</c>. Durations are written <c>d.hh:mm:ss</c>.</summary>
internal sealed class IdentityOptions
{
    public const string Section = "Identity";

    /// <summary>
    /// Whether an address must be proven before its owner can sign in; default true, in Development false. With it a sign-up answers the same whether or not
    /// the address is taken; without it a taken address is told (422), as there is no other way to tell the caller.
    /// </summary>
    public bool RequireVerifiedEmail { get; set; } = true;

    /// <summary>How long the link in a verification mail works; default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan EmailVerificationLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the link in a password reset mail works; default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "1.00:00:00")]
    public TimeSpan PasswordResetLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many mails an hour anybody can have sent to one address; default 10. What would be more is dropped, without a word.</summary>
    [Range(1, 1000)]
    public int MailsPerAddressAndHour { get; set; } = 10;

    /// <summary>How long audit events are kept; default 400 days, at least 91: the database refuses to forget earlier.</summary>
    [Range(typeof(TimeSpan), "91.00:00:00", "36500.00:00:00")]
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>What a password must be.</summary>
    [ValidateObjectMembers]
    public PasswordOptions Password { get; set; } = new();

    /// <summary>How long sessions last.</summary>
    [ValidateObjectMembers]
    public SessionOptions Session { get; set; } = new();

    /// <summary>The second factor.</summary>
    [ValidateObjectMembers]
    public TwoFactorOptions TwoFactor { get; set; } = new();

    /// <summary>Tokens for command lines and agents.</summary>
    [ValidateObjectMembers]
    public ApiTokenOptions ApiTokens { get; set; } = new();

    /// <summary>What a password hash costs, and how many are made at a time.</summary>
    [ValidateObjectMembers]
    public HashingOptions Hashing { get; set; } = new();
}

/// <summary>Section <c>Identity:Password</c>. There are no rules of composition: length is what makes a password strong (ASVS 6.2.5).</summary>
internal sealed class PasswordOptions
{
    /// <summary>The shortest password, in Unicode code points; default 8, the least that ASVS 6.2.1 allows.</summary>
    [Range(8, 64)]
    public int MinLength { get; set; } = 8;

    /// <summary>The longest password, in Unicode code points; default 128. It bounds what an anonymous request can have hashed.</summary>
    [Range(64, 1024)]
    public int MaxLength { get; set; } = 128;

    /// <summary>Whether passwords are refused that are on the list of common ones; default true.</summary>
    public bool RefuseCommon { get; set; } = true;

    /// <summary>A file with more common passwords, one a line, to be refused too; default none.</summary>
    public string? CommonPasswordsFile { get; set; }

    /// <summary>How many wrong passwords an account takes within <see cref="AttemptWindow"/> before all are refused; default 10.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>
    /// How long wrong passwords are counted from the first one; default 15 minutes. Sessions go on meanwhile, and a new password by mail
    /// ends it at once, so that nobody can lock an owner out.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AttemptWindow { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>Section <c>Identity:Session</c>.</summary>
internal sealed class SessionOptions
{
    /// <summary>How long a session lasts without use; default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How old the last prolongation must be for a request to prolong the session again; default 1 day, so one write a day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan RefreshAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>When a session ends even in daily use; default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan AbsoluteLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lasts that was started with <c>rememberMe: false</c>; default 24 hours, never prolonged.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan ShortLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long after its sign-in a session may list the user's sessions; default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long after its sign-in a session may change what identifies the user (address, linked accounts, the account itself) without the
    /// password; default 15 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ConfirmedFor { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>Section <c>Identity:TwoFactor</c>.</summary>
internal sealed class TwoFactorOptions
{
    /// <summary>How the account is named in an authenticator app; default <c>PromptStash</c>.</summary>
    [Required, StringLength(50)]
    public string Issuer { get; set; } = "PromptStash";

    /// <summary>How long a sign-in waits for its code; default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan ChallengeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many codes one sign-in may try; default 5.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How many wrong codes in a row, over all sign-ins, lock the second factor of an account; default 10.</summary>
    [Range(1, 100)]
    public int MaxFailures { get; set; } = 10;

    /// <summary>How long it is locked then; default 15 minutes. Sessions go on meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LockFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a device that is trusted needs no code; default 30 days, counted anew at each sign-in.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan TrustedDeviceLifetime { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>Section <c>Identity:ApiTokens</c>.</summary>
internal sealed class ApiTokenOptions
{
    /// <summary>The longest that a token lasts; default 366 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(366);

    /// <summary>How many tokens a user can have; default 100.</summary>
    [Range(1, 10_000)]
    public int MaxPerUser { get; set; } = 100;
}

/// <summary>Section <c>Identity:Hashing</c>: Argon2id. The defaults are OWASP's first choice and take about 25 ms of one core.</summary>
internal sealed class HashingOptions
{
    /// <summary>Memory of one hash in KiB; default 19456 (19 MiB).</summary>
    [Range(8192, 1024 * 1024)]
    public int MemoryKiB { get; set; } = 19_456;

    /// <summary>Passes over the memory; default 2.</summary>
    [Range(1, 64)]
    public int Passes { get; set; } = 2;

    /// <summary>How many hashes are made at a time; default 0, which means one for each core.</summary>
    [Range(0, 256)]
    public int Concurrency { get; set; }

    /// <summary>How many requests may wait for a hash; default 32. The next is answered with 503 and <c>Retry-After</c>.</summary>
    [Range(0, 10_000)]
    public int QueueLimit { get; set; } = 32;
}
