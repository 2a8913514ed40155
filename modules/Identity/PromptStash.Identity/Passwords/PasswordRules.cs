using System.Text;
using Microsoft.Extensions.Options;
using PromptStash.Identity.Http;

namespace PromptStash.Identity.Passwords;

/// <summary>Which passwords are taken.</summary>
internal sealed class PasswordRules(IOptions<IdentityOptions> options)
{
    /// <summary>
    /// The most UTF-16 code units that a body may carry for a password: two for each code point of the longest one allowed, and room to
    /// be told that a longer one is too long.
    /// </summary>
    public const int MaxCodeUnits = 4096;

    /// <summary>Why a new password is not taken, or null when it is.</summary>
    public AuthErrorResult? Check(string password)
    {
        var length = CountCodePoints(password);

        return length < options.Value.Password.MinLength ? AuthErrors.PasswordTooShort
            : length > options.Value.Password.MaxLength ? AuthErrors.PasswordTooLong
            : null;
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
}
