using System.Globalization;
using System.Security.Cryptography;
using PromptStash.Identity.Passwords;

namespace PromptStash.Identity.TwoFactor;

/// <summary>
/// Ten codes for the day on which the phone is gone. Ten letters and digits are 59 bits, too few for a fast hash (ASVS 6.5.2), so they are
/// stored like passwords, under one salt: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash.hash.hash</c>.
/// </summary>
internal sealed class BackupCodes(PasswordHashing hashing)
{
    public const int Count = 10;
    private const int Half = 5;
    private const int HashLength = 16;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>Makes ten codes, and what is stored for them.</summary>
    public async Task<(string[] Codes, string Stored)> CreateAsync(CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(Argon2idHash.SaltLength);
        var cost = hashing.Cost;
        var codes = new string[Count];
        var hashes = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            codes[i] = $"{RandomNumberGenerator.GetString(Alphabet, Half)}-{RandomNumberGenerator.GetString(Alphabet, Half)}";
            hashes[i] = Argon2idHash.Encode(await hashing.DeriveAsync(codes[i], salt, cost, HashLength, cancellationToken));
        }

        return (codes, Format(cost, salt, hashes));
    }

    /// <summary>What is left to be stored when this code is used up, or null when it is none of them.</summary>
    public async Task<string?> UseAsync(string stored, string code, CancellationToken cancellationToken)
    {
        if (stored.Split('$') is not ["", "argon2id", "v=19", var costs, var saltText, var hashTexts]
            || costs.Split(',') is not [['m', '=', .. var m], ['t', '=', .. var t], "p=1"]
            || Argon2idHash.Decode(saltText) is not { Length: Argon2idHash.SaltLength } salt)
        {
            return null;
        }

        var cost = new Argon2idCost(int.Parse(m, CultureInfo.InvariantCulture), int.Parse(t, CultureInfo.InvariantCulture));
        var hash = await hashing.DeriveAsync(code.Trim(), salt, cost, HashLength, cancellationToken);
        var hashes = hashTexts.Split('.', StringSplitOptions.RemoveEmptyEntries);

        // All are compared, so that the time does not tell which it was.
        var left = hashes.Where(text => !CryptographicOperations.FixedTimeEquals(Argon2idHash.Decode(text), hash)).ToArray();

        return left.Length < hashes.Length ? Format(cost, salt, left) : null;
    }

    private static string Format(Argon2idCost cost, byte[] salt, string[] hashes) => string.Create(CultureInfo.InvariantCulture,
        $"$argon2id$v=19$m={cost.MemoryKiB},t={cost.Passes},p=1${Argon2idHash.Encode(salt)}${string.Join('.', hashes)}");
}
