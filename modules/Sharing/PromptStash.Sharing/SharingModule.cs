using PromptStash.Sharing.Data;

namespace PromptStash.Sharing;

/// <summary>The Sharing module: files go to people and links, with permissions that end on time.</summary>
public static class SharingModule
{
    /// <summary>Adds what a migration of the schema <c>sharing</c> needs.</summary>
    public static IServiceCollection AddSharingDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<SharingDbContext>(SharingDbContext.Schema, SharingDbContext.MapTypes, SharingDbContext.MapTypes);
}
