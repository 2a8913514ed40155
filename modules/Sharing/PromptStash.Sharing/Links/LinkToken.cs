using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PromptStash.Sharing.Links;

/// <summary>The secret of a link: handed out once and kept only as a hash. 256 random bits need no salt and no slow hash.</summary>
internal static class LinkToken
{
    /// <summary>By which scanners for leaked secrets know it.</summary>
    public const string Prefix = "ps_";

    private const int Bytes = 32;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// What is stored. Whatever somebody sends is hashed and looked up alike, so that neither its form nor how much of it is right shows in
    /// the time.
    /// </summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
