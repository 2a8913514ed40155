using System.Security.Cryptography;
using System.Text;

namespace PromptStash.MigrationService;

/// <summary>What PostgreSQL keeps of a password (RFC 5802, RFC 7677): computed here, so that the password itself reaches neither server nor log.</summary>
internal static class Scram
{
    private const int Iterations = 4096; // PostgreSQL's default, scram_iterations.
    private const int SaltLength = 16;

    public static string Verifier(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);

        // SASLprep maps what looks the same to the same; of what it maps, passwords made by programs have nothing.
        var salted = Rfc2898DeriveBytes.Pbkdf2(password.Normalize(NormalizationForm.FormKC), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);

        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
