using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Links;

/// <summary>What a browser has shown that it may.</summary>
[Flags]
internal enum Visit : byte
{
    None = 0,

    /// <summary>It has given the password.</summary>
    Unlocked = 1,

    /// <summary>It has opened the link, which was counted; what it reads of it now is the same visit.</summary>
    Opened = 2,
}

/// <summary>
/// A short-lived cookie for one link, readable by nobody but us. It dies with the link's token and its password, not only in time. Sent to
/// this host alone and never shown to a script (ASVS 3.3.3).
/// </summary>
internal sealed class VisitCookie(IDataProtectionProvider protection, IOptions<SharingOptions> options, TimeProvider time)
{
    private const int IdLength = 16;
    private const int TimeLength = sizeof(long);
    private const int PayloadLength = 1 + IdLength + TimeLength + SHA256.HashSizeInBytes;

    private readonly IDataProtector _protector = protection.CreateProtector("sharing.visit");

    /// <summary>What the request's cookie says; nothing when there is none or it is not, or no longer, for this link.</summary>
    public Visit Read(HttpRequest request, Share share)
    {
        if (request.Cookies[NameOf(request, share)] is not { } text || !Base64Url.IsValid(text))
        {
            return Visit.None;
        }

        byte[] payload;
        try
        {
            payload = _protector.Unprotect(Base64Url.DecodeFromChars(text));
        }
        catch (CryptographicException)
        {
            return Visit.None;
        }

        return payload.Length == PayloadLength
            && new Guid(payload.AsSpan(1, IdLength)) == share.Id
            && BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(1 + IdLength)) > time.GetUtcNow().UtcTicks
            && CryptographicOperations.FixedTimeEquals(payload.AsSpan(1 + IdLength + TimeLength), SecretsOf(share))
                ? (Visit)payload[0]
                : Visit.None;
    }

    public void Write(HttpContext http, Share share, Visit visit)
    {
        var lifetime = options.Value.VisitLifetime;
        var payload = new byte[PayloadLength];
        payload[0] = (byte)visit;
        share.Id.TryWriteBytes(payload.AsSpan(1));
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(1 + IdLength), (time.GetUtcNow() + lifetime).UtcTicks);
        SecretsOf(share).CopyTo(payload, 1 + IdLength + TimeLength);
        http.Response.Cookies.Append(NameOf(http.Request, share), Base64Url.EncodeToString(_protector.Protect(payload)), new CookieOptions
        {
            Path = "/",
            MaxAge = lifetime,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            IsEssential = true,
        });
    }

    private static byte[] SecretsOf(Share share) =>
        SHA256.HashData([.. share.ShareToken ?? [], .. System.Text.Encoding.UTF8.GetBytes(share.PasswordHash ?? "")]);

    private static string NameOf(HttpRequest request, Share share) => $"{(request.IsHttps ? "__Host-" : "")}promptstash.visit.{share.Id:N}";
}
