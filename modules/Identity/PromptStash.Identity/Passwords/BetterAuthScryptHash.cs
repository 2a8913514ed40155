using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace PromptStash.Identity.Passwords;

/// <summary>
/// A hash of Better Auth, <c>hexsalt:hexkey</c>, so that its users can be taken over with their passwords. Only ever checked: a sign-in
/// replaces it. The salt is the hexadecimal text itself, as Better Auth uses it.
/// </summary>
internal sealed class BetterAuthScryptHash
{
    private const int SaltTextLength = 32;
    private const int KeyLength = 64;

    private readonly byte[] _salt;
    private readonly byte[] _key;

    private BetterAuthScryptHash(byte[] salt, byte[] key)
    {
        _salt = salt;
        _key = key;
    }

    public bool Matches(byte[] password) => CryptographicOperations.FixedTimeEquals(
        _key,
        new Scrypt(new ScryptParameters { Cost = 16_384, BlockSize = 16, Parallelization = 1 }).DeriveBytes(password, _salt, KeyLength));

    public static BetterAuthScryptHash? Parse(string text)
    {
        var key = new byte[KeyLength];

        return text.Split(':') is [{ Length: SaltTextLength } salt, { Length: 2 * KeyLength } keyText]
            && salt.All(char.IsAsciiHexDigit)
            && Convert.FromHexString(keyText, key, out _, out _) == System.Buffers.OperationStatus.Done
                ? new BetterAuthScryptHash(Encoding.ASCII.GetBytes(salt), key)
                : null;
    }
}
