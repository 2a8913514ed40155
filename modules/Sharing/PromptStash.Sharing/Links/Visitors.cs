using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using PromptStash.Sharing.Data;

namespace PromptStash.Sharing.Links;

/// <summary>
/// Tells visitors apart without keeping their addresses: a hash under a key that lies in the database encrypted, so that the database alone
/// does not suffice to try all addresses. One host of IPv6 has a network of 2^64 addresses, so the network counts.
/// </summary>
internal sealed class Visitors(IServiceScopeFactory scopes, IDataProtectionProvider protection)
{
    private const int HashLength = 16;

    private readonly IDataProtector _protector = protection.CreateProtector("sharing.visitors");
    private byte[]? _key;

    public async Task<byte[]> HashAsync(HttpContext http, CancellationToken cancellationToken)
    {
        _key ??= await LoadKeyAsync(cancellationToken);

        return HMACSHA256.HashData(_key, NetworkOf(http.Connection.RemoteIpAddress))[..HashLength];
    }

    private static byte[] NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return [];
        }

        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();

        return address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? bytes[..8] : bytes;
    }

    /// <summary>All processes use the key of the one that was first. One that the key ring cannot read any more is replaced.</summary>
    private async Task<byte[]> LoadKeyAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SharingDbContext>();
        var fresh = _protector.Protect(RandomNumberGenerator.GetBytes(32));
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO sharing.visitor_keys (id, value) VALUES ({VisitorKey.OnlyId}, {fresh}) ON CONFLICT (id) DO NOTHING", cancellationToken);
        var stored = await db.VisitorKeys.Select(k => k.Value).SingleAsync(cancellationToken);
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            // Only if it is still the unreadable one: of two processes that find it so, one decides.
            await db.VisitorKeys.Where(k => k.Value == stored).ExecuteUpdateAsync(k => k.SetProperty(key => key.Value, fresh), cancellationToken);

            return _protector.Unprotect(await db.VisitorKeys.Select(k => k.Value).SingleAsync(cancellationToken));
        }
    }
}
