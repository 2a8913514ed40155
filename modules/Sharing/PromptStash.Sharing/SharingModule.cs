using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Shares;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing;

/// <summary>The Sharing module: files go to people and links, with permissions that end on time.</summary>
public static class SharingModule
{
    /// <summary>Adds what a migration of the schema <c>sharing</c> needs.</summary>
    public static IServiceCollection AddSharingDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<SharingDbContext>(SharingDbContext.Schema, SharingDbContext.MapTypes, SharingDbContext.MapTypes);

    /// <summary>Adds the module.</summary>
    public static IServiceCollection AddSharingModule(this IServiceCollection services) => services
        .AddSharingDatabase()
        .AddOutboxDispatcher<SharingDbContext>()
        .AddEventConsumer<FilesDeleted, EndSharesOfDeletedFiles>(FilesDeleted.Type)
        .AddEventConsumer<UserDeleted, DeleteSharesOfDeletedUser>(UserDeleted.Type);

    /// <summary>Maps the module's endpoints below the host's prefix; it has none yet.</summary>
    public static IEndpointRouteBuilder MapSharingEndpoints(this IEndpointRouteBuilder endpoints) => endpoints;
}
