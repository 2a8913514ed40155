using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Search;
using PromptStash.Stashes.Stashes;
using PromptStash.Stashes.Transfer;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes;

/// <summary>The Stashes module: stashes, folders, files, tags and immutable versions.</summary>
public static class StashesModule
{
    private const string ReadScope = "stashes:read";
    private const string WriteScope = "stashes:write";

    /// <summary>Adds what a migration of the schema <c>stashes</c> needs.</summary>
    public static IServiceCollection AddStashesDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<StashesDbContext>(StashesDbContext.Schema, StashesDbContext.MapTypes, StashesDbContext.MapTypes);

    /// <summary>Adds the module.</summary>
    public static IServiceCollection AddStashesModule(this IServiceCollection services)
    {
        services.AddStashesDatabase();
        services.AddOptions<StashesOptions>().BindConfiguration(StashesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOutboxDispatcher<StashesDbContext>();
        services.AddHostedService<IdempotencyKeyCleanup>();
        services.AddHostedService<UsageCompaction>();
        services.AddScoped<UsageLimits>();
        services.AddScoped<SearchReader>();
        services.AddScoped<ContentStore>();
        services.AddScoped<FileWriter>();
        services.AddScoped<ImportWriter>();
        services.AddScoped<ExportPlanner>();
        services.AddScoped<ExportWriter>();
        services.AddScoped<IStashFinder, StashOfFile>();
        services.AddScoped<IAccountExporter, StashesExporter>();
        services.AddEventConsumer<UserDeleted, DeleteStashesOfDeletedUser>(UserDeleted.Type);

        return services.AddValidation();
    }

    /// <summary>Maps <c>/stashes</c> and <c>/files</c> below the host's prefix.</summary>
    public static IEndpointRouteBuilder MapStashesEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var limits = endpoints.ServiceProvider.GetRequiredService<IOptions<StashesOptions>>().Value;

        var stashes = endpoints.MapGroup("/stashes").WithTags("Stashes").WithApiScopes(ReadScope, WriteScope).AddEndpointFilter<RouteGroupBuilder, UsageLimitFilter>();
        stashes.MapListStashes();
        stashes.MapCreateStash();
        stashes.MapGetStash();
        stashes.MapUpdateStash();
        stashes.MapDeleteStash();
        stashes.MapGetStashTree();
        stashes.MapImportArchive();
        stashes.MapExportArchive();
        stashes.MapExportSelection();
        stashes.MapSearchStash();
        stashes.MapCreateFolder();
        stashes.MapListFiles();
        stashes.MapCreateFile(limits);

        var files = endpoints.MapGroup("/files").WithTags("Files").WithApiScopes(ReadScope, WriteScope).AddEndpointFilter<RouteGroupBuilder, UsageLimitFilter>();
        files.MapGetFile();
        files.MapGetFileRaw();
        files.MapReplaceFileContent(limits);
        files.MapDeleteFile();
        files.MapListVersions();
        files.MapGetVersion();

        endpoints.MapGroup("/search").WithTags("Stashes").WithApiScopes(ReadScope, WriteScope).MapSearchFiles();
        endpoints.MapGroup("/usage").WithTags("Stashes").WithApiScopes(ReadScope, WriteScope).MapGetUsage();

        return endpoints;
    }
}
