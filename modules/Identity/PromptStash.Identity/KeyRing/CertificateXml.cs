using System.Security.Cryptography.Pkcs;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace PromptStash.Identity.KeyRing;

/// <summary>
/// Encrypts a key of the key ring to the certificate (CMS, RFC 5652). The framework has the same for XML encryption, but takes the
/// certificate only while services are registered, before there is a configuration.
/// </summary>
internal sealed class CertificateXmlEncryptor(KeyRingCertificates certificates) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var content = new ContentInfo(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        var envelope = new EnvelopedCms(content);
        envelope.Encrypt(new CmsRecipient(certificates.Current!));

        return new EncryptedXmlInfo(new XElement("envelope", Convert.ToBase64String(envelope.Encode())), typeof(CertificateXmlDecryptor));
    }
}

/// <summary>The way back. Made by the key ring from its name in the stored key.</summary>
internal sealed class CertificateXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var envelope = new EnvelopedCms();
        envelope.Decode(Convert.FromBase64String(encryptedElement.Value));
        envelope.Decrypt(services.GetRequiredService<KeyRingCertificates>().All);

        return XElement.Parse(Encoding.UTF8.GetString(envelope.ContentInfo.Content));
    }
}
