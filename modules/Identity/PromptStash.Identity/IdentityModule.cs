using PromptStash.Identity.Data;

namespace PromptStash.Identity;

/// <summary>The Identity module: accounts, sessions and what proves them.</summary>
public static class IdentityModule
{
    /// <summary>Adds what a migration of the schema <c>identity</c> needs.</summary>
    public static IServiceCollection AddIdentityDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<IdentityDbContext>(IdentityDbContext.Schema);
}
