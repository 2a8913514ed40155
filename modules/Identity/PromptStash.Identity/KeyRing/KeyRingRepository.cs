using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using PromptStash.Identity.Data;

namespace PromptStash.Identity.KeyRing;

/// <summary>
/// Keeps the key ring in the database, as the repository that comes with data protection does, but waits for asynchronous commands. Data
/// protection asks in a blocking way, also while the host starts, and a blocking connection attempt to a server that accepts and never answers
/// was seen to wait without end: Npgsql can end an asynchronous one whatever it waits for.
/// </summary>
internal sealed class KeyRingRepository(IServiceScopeFactory scopes) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => Wait(async db =>
        (await db.DataProtectionKeys.AsNoTracking().Where(key => !string.IsNullOrEmpty(key.Xml)).OrderBy(key => key.Id).Select(key => key.Xml!).ToListAsync()).ConvertAll(XElement.Parse));

    public void StoreElement(XElement element, string friendlyName) => Wait(db =>
    {
        db.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });

        return db.SaveChangesAsync();
    });

    /// <summary>On the thread pool, so that no synchronization context of the caller has to be free for it to go on.</summary>
    private T Wait<T>(Func<IdentityDbContext, Task<T>> work) => Task.Run(async () =>
    {
        await using var scope = scopes.CreateAsyncScope();

        return await work(scope.ServiceProvider.GetRequiredService<IdentityDbContext>());
    }).GetAwaiter().GetResult();
}
