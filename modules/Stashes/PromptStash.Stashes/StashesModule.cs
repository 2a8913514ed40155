using PromptStash.Stashes.Data;

namespace PromptStash.Stashes;

/// <summary>The Stashes module: stashes, folders, files, tags and immutable versions.</summary>
public static class StashesModule
{
    /// <summary>Adds what a migration of the schema <c>stashes</c> needs.</summary>
    public static IServiceCollection AddStashesDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<StashesDbContext>(StashesDbContext.Schema, StashesDbContext.MapTypes, StashesDbContext.MapTypes);
}
