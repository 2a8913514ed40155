using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Passwords;

/// <summary>Which passwords are taken: long enough, and not among the first that anybody would try. Nothing about digits and capitals.</summary>
internal sealed class PasswordRules(IOptions<IdentityOptions> options)
{
    /// <summary>
    /// The most UTF-16 code units that a body may carry for a password: more than two for each code point of the longest one allowed, so
    /// that a password that is too long is told so.
    /// </summary>
    public const int MaxCodeUnits = 4096;

    private const string ProductName = "promptstash";
    private const string ListResource = "PromptStash.Identity.Passwords.common-passwords.txt";

    // A name of three letters is part of too many good passwords.
    private const int MinContextLength = 4;

    private readonly Lazy<FrozenSet<string>> _common = new(() => ReadCommon(options.Value.Password));

    /// <summary>Why a new password is not taken, or null when it is.</summary>
    public AuthErrorResult? Check(string password, string email) => CheckLength(password) ?? CheckGuessable(password, email);

    /// <summary>Whether it is too short or too long, in code points.</summary>
    public AuthErrorResult? CheckLength(string password)
    {
        var length = CountCodePoints(password);

        return length < options.Value.Password.MinLength ? AuthErrors.PasswordTooShort
            : length > options.Value.Password.MaxLength ? AuthErrors.PasswordTooLong
            : null;
    }

    /// <summary>Whether it is on the list of common ones, or made of the product's name or the user's address and little else.</summary>
    public AuthErrorResult? CheckGuessable(string password, string email)
    {
        var folded = Fold(password);
        if (_common.Value.Contains(folded))
        {
            return AuthErrors.PasswordCompromised;
        }

        string[] context = [ProductName, email, email.Split('@')[0], email.Split('@')[^1].Split('.')[0]];
        var rest = context
            .Where(word => word.Length >= MinContextLength)
            .Aggregate(folded, (left, word) => left.Replace(word, "", StringComparison.Ordinal));

        return rest.Length < folded.Length && CountCodePoints(rest) < options.Value.Password.MinLength ? AuthErrors.PasswordCompromised : null;
    }

    /// <summary>Whether a password that was given to sign in is longer than any can be; it is refused before it is hashed.</summary>
    public bool IsTooLong(string password) => CountCodePoints(password) > options.Value.Password.MaxLength;

    private static int CountCodePoints(string password)
    {
        var count = 0;
        foreach (var _ in password.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static string Fold(string password) => password.Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    private static FrozenSet<string> ReadCommon(PasswordOptions options)
    {
        if (!options.RefuseCommon)
        {
            return [];
        }

        using var resource = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream(ListResource)!);
        var own = resource.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var more = options.CommonPasswordsFile is { Length: > 0 } file ? File.ReadAllLines(file) : [];

        return own.Where(line => !line.StartsWith('#')).Concat(more).Select(Fold).ToFrozenSet(StringComparer.Ordinal);
    }
}
