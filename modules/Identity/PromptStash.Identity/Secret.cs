using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PromptStash.Identity;

/// <summary>Secrets that are handed out once and kept only as a hash. 256 random bits need no salt and no slow hash.</summary>
internal static class Secret
{
    /// <summary>How long a secret is as text.</summary>
    public const int TextLength = 43;

    private const int Length = 32;

    /// <summary>32 random bytes in base64url, 43 characters.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Length));

    /// <summary>What is stored: SHA-256 of the text as it was handed out.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The same hash as text.</summary>
    public static string HashText(string secret) => Base64Url.EncodeToString(Hash(secret));
}
