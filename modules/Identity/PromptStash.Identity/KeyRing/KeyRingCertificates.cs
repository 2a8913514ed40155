using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace PromptStash.Identity.KeyRing;

/// <summary>The certificates that the key ring is encrypted with, loaded when the first key is needed.</summary>
internal sealed class KeyRingCertificates(IOptions<KeyRingOptions> options) : IDisposable
{
    private readonly Lazy<X509Certificate2?> _current = new(() =>
        string.IsNullOrWhiteSpace(options.Value.CertificatePath) ? null : Load(options.Value.CertificatePath, options.Value.CertificatePassword));

    private readonly Lazy<List<X509Certificate2>> _previous = new(() =>
        [.. options.Value.PreviousCertificatePaths.Select(path => Load(path, options.Value.CertificatePassword))]);

    /// <summary>What new keys are encrypted with; null for not at all.</summary>
    public X509Certificate2? Current => _current.Value;

    /// <summary>All that keys may have been encrypted with.</summary>
    public X509Certificate2Collection All => [.. _previous.Value.Append(Current).OfType<X509Certificate2>()];

    public void Dispose()
    {
        foreach (var certificate in All)
        {
            certificate.Dispose();
        }
    }

    private static X509Certificate2 Load(string path, string? password) =>
        !path.EndsWith(".pem", StringComparison.OrdinalIgnoreCase) ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
        : string.IsNullOrEmpty(password) ? X509Certificate2.CreateFromPemFile(path)
        : X509Certificate2.CreateFromEncryptedPemFile(path, password);
}
