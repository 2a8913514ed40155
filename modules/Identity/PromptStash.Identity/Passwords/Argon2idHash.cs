using System.Globalization;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace PromptStash.Identity.Passwords;

/// <summary>What an Argon2id hash costs to make.</summary>
internal readonly record struct Argon2idCost(int MemoryKiB, int Passes);

/// <summary>An Argon2id hash (RFC 9106, by libsodium) as a PHC string: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>.</summary>
internal sealed class Argon2idHash
{
    public const int SaltLength = 16;
    private const int HashLength = 32;

    // What another installation may have chosen; beyond these a planted hash could take all memory.
    private const int MaxMemoryKiB = 1024 * 1024;
    private const int MaxPasses = 64;

    private readonly Argon2idCost _cost;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Argon2idHash(Argon2idCost cost, byte[] salt, byte[] hash)
    {
        _cost = cost;
        _salt = salt;
        _hash = hash;
    }

    public static Argon2idHash Create(byte[] password, Argon2idCost cost)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);

        return new Argon2idHash(cost, salt, Derive(password, salt, cost, HashLength));
    }

    public bool Matches(byte[] password) =>
        CryptographicOperations.FixedTimeEquals(_hash, Derive(password, _salt, _cost, _hash.Length));

    /// <summary>Whether it costs what a new one would.</summary>
    public bool IsCurrent(Argon2idCost cost) => _cost == cost && _hash.Length == HashLength;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"$argon2id$v=19$m={_cost.MemoryKiB},t={_cost.Passes},p=1${Encode(_salt)}${Encode(_hash)}");

    public static Argon2idHash? Parse(string text)
    {
        if (text.Split('$') is not ["", "argon2id", "v=19", var costs, var salt, var hash]
            || costs.Split(',') is not [['m', '=', .. var m], ['t', '=', .. var t], "p=1"]
            || !int.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var memory)
            || !int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var passes)
            || memory is < 8 or > MaxMemoryKiB
            || passes is < 1 or > MaxPasses
            || Decode(salt) is not { Length: SaltLength } saltBytes
            || Decode(hash) is not { Length: >= 16 and <= 64 } hashBytes)
        {
            return null;
        }

        return new Argon2idHash(new Argon2idCost(memory, passes), saltBytes, hashBytes);
    }

    public static byte[] Derive(byte[] password, byte[] salt, Argon2idCost cost, int length) =>
        new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = cost.MemoryKiB, NumberOfPasses = cost.Passes })
            .DeriveBytes(password, salt, length);

    // PHC strings use base64 without padding.
    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    public static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];

        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var written) ? bytes[..written] : null;
    }
}
