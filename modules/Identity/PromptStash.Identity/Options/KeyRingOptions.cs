namespace PromptStash.Identity;

/// <summary>
/// Section <c>Identity:KeyRing</c>: how the keys are encrypted that encrypt two-factor secrets and providers' tokens. The keys are in the
/// database; without a certificate whoever has the database, or a backup of it, has both.
/// </summary>
internal sealed class KeyRingOptions
{
    public const string Section = "Identity:KeyRing";

    /// <summary>A certificate with its RSA private key, as .pfx or .pem (both in one file); default none, which leaves the keys in clear.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>The password of the file, or of the key in it.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>Certificates of before, with the same password: keys that were encrypted with them stay readable. Default: none.</summary>
    public IList<string> PreviousCertificatePaths { get; } = [];
}
