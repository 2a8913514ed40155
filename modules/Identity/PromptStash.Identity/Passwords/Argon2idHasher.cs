using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace PromptStash.Identity.Passwords;

/// <summary>Argon2id (RFC 9106) in libsodium; hashes are PHC strings, <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>.</summary>
/// <remarks>
/// A password is hashed in NFKC and UTF-8, so that it does not matter how a keyboard composes an accent. Nothing is cut off: every one of
/// its bytes counts.
/// </remarks>
internal sealed class Argon2idHasher(int memoryKiB, int passes)
{
    private const int SaltLength = 16;
    private const int HashLength = 32;

    // What another installation may have chosen; beyond these a planted hash could take all memory.
    private const int MaxMemoryKiB = 1024 * 1024;
    private const int MaxPasses = 64;

    public string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);

        return string.Create(CultureInfo.InvariantCulture,
            $"$argon2id$v=19$m={memoryKiB},t={passes},p=1${Encode(salt)}${Encode(Derive(password, salt, memoryKiB, passes, HashLength))}");
    }

    public static bool Verify(string stored, string password) =>
        TryParse(stored, out var phc)
        && CryptographicOperations.FixedTimeEquals(phc.Hash, Derive(password, phc.Salt, phc.MemoryKiB, phc.Passes, phc.Hash.Length));

    /// <summary>Whether the hash was made with other costs than those of today, and should be made anew while the password is at hand.</summary>
    public bool NeedsRehash(string stored) =>
        !TryParse(stored, out var phc) || phc.MemoryKiB != memoryKiB || phc.Passes != passes || phc.Hash.Length != HashLength;

    private static byte[] Derive(string password, byte[] salt, int memoryKiB, int passes, int length)
    {
        var algorithm = new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memoryKiB, NumberOfPasses = passes });
        var bytes = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
        try
        {
            return algorithm.DeriveBytes(bytes, salt, length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static bool TryParse(string stored, out Phc phc)
    {
        phc = default;
        if (stored.Split('$') is not ["", "argon2id", "v=19", var costs, var salt, var hash]
            || costs.Split(',') is not [['m', '=', .. var m], ['t', '=', .. var t], "p=1"]
            || !int.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var memory)
            || !int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var passes)
            || memory is < 8 or > MaxMemoryKiB
            || passes is < 1 or > MaxPasses
            || !TryDecode(salt, out var saltBytes)
            || saltBytes.Length != SaltLength
            || !TryDecode(hash, out var hashBytes)
            || hashBytes.Length is < 16 or > 64)
        {
            return false;
        }

        phc = new Phc(memory, passes, saltBytes, hashBytes);

        return true;
    }

    // PHC strings use base64 without padding.
    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        if (!Convert.TryFromBase64String(padded, bytes, out var written))
        {
            return false;
        }

        bytes = bytes[..written];

        return true;
    }

    private readonly record struct Phc(int MemoryKiB, int Passes, byte[] Salt, byte[] Hash);
}
