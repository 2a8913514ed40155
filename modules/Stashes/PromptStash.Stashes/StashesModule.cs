using Microsoft.Extensions.Options;
using Npgsql;
using PromptStash.Identity.Contracts;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Commits;
using PromptStash.Stashes.Contracts;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Folders;
using PromptStash.Stashes.Search;
using PromptStash.Stashes.Stashes;
using PromptStash.Stashes.Tags;
using PromptStash.Stashes.Templates;
using PromptStash.Stashes.Targets;
using PromptStash.Stashes.Transfer;
using PromptStash.Stashes.Trash;
using PromptStash.Stashes.Usage;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes;

/// <summary>The Stashes module: stashes, folders, files, tags and immutable versions.</summary>
public static class StashesModule
{
    /// <summary>The rate limit that the host must state: checking costs work and asks for no account.</summary>
    public const string ValidationRateLimit = "validation";

    private const string ReadScope = "stashes:read";
    private const string WriteScope = "stashes:write";

    /// <summary>Adds what a migration of the schema <c>stashes</c> needs.</summary>
    public static IServiceCollection AddStashesDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<StashesDbContext>(StashesDbContext.Schema, StashesDbContext.MapTypes, StashesDbContext.MapTypes);

    /// <summary>The most generated files that one user gets.</summary>
    public const int GeneratedFilesPerUser = BulkSeed.FilesPerOwner;

    /// <summary>Gives users generated files, in stashes of 10,000, to measure with. Those of an earlier run stay.</summary>
    /// <param name="connection">An open connection to PostgreSQL itself, as a role that may write.</param>
    /// <param name="ownerIds">Whose files they will be, one for each <see cref="GeneratedFilesPerUser"/>.</param>
    /// <param name="files">How many there shall be.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told how many there are.</param>
    /// <param name="cancellationToken">Stops it; what is finished stays.</param>
    public static Task GenerateFilesAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> ownerIds, int files, TimeProvider time, Action<int> progress, CancellationToken cancellationToken) =>
        BulkSeed.WriteAsync(connection, ownerIds, files, time, progress, cancellationToken);

    /// <summary>Adds the module.</summary>
    public static IServiceCollection AddStashesModule(this IServiceCollection services)
    {
        services.AddStashesDatabase();
        services.AddOptions<StashesOptions>().BindConfiguration(StashesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOutboxDispatcher<StashesDbContext>();
        services.AddHostedService<IdempotencyKeyCleanup>();
        services.AddHostedService<FindingsRefresh>();
        services.AddHostedService<UsageCompaction>();
        services.AddScoped<UsageLimits>();
        services.AddHostedService<TrashCleanup>();
        services.AddScoped<StashAccess>();
        services.AddScoped<FileComments>();
        services.AddScoped<SearchReader>();
        services.AddScoped<ContentStore>();
        services.AddScoped<StarterFiles>();
        services.AddScoped<FileWriter>();
        services.AddScoped<CommitWriter>();
        services.AddScoped<ImportWriter>();
        services.AddScoped<BulkWriter>();
        services.AddScoped<StashCopier>();
        services.AddScoped<ContentCollector>();
        services.AddScoped<TrashPurger>();
        services.AddScoped<TrashRestorer>();
        services.AddScoped<ExportPlanner>();
        services.AddScoped<ExportWriter>();
        services.AddScoped<IStashFinder, StashOfFile>();
        services.AddScoped<Proposals>();
        services.AddScoped<IStashFiles, StashFiles>();
        services.AddScoped<IStashFinder, StashOfFolder>();
        services.AddScoped<IStashFinder, StashOfTrash>();
        services.AddScoped<IAccountExporter, StashesExporter>();
        services.AddEventConsumer<UserDeleted, DeleteStashesOfDeletedUser>(UserDeleted.Type);

        return services.AddValidation();
    }

    /// <summary>Maps <c>/stashes</c>, <c>/files</c>, <c>/folders</c>, <c>/tags</c> and <c>/trash</c> below the host's prefix.</summary>
    public static IEndpointRouteBuilder MapStashesEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var limits = endpoints.ServiceProvider.GetRequiredService<IOptions<StashesOptions>>().Value;

        var stashes = endpoints.MapGroup("/stashes").WithTags("Stashes").WithApiScopes(ReadScope, WriteScope).AddEndpointFilter<RouteGroupBuilder, UsageLimitFilter>().AddEndpointFilter<RouteGroupBuilder, GrantedAccessFilter>();
        stashes.MapListStashes();
        stashes.MapCreateStash();
        stashes.MapGetStash();
        stashes.MapUpdateStash();
        stashes.MapDeleteStash();
        stashes.MapCopyStash();
        stashes.MapGetStashTree();
        stashes.MapImportArchive();
        stashes.MapExportArchive();
        stashes.MapExportSelection();
        stashes.MapSearchStash();
        stashes.MapCreateFolder();
        stashes.MapListFiles();
        stashes.MapCreateFile(limits);
        stashes.MapListStashFindings();
        stashes.MapGetStashBudget();
        stashes.MapGetStashReadiness();
        stashes.MapBulkFiles();
        stashes.MapCreateCommit(limits);

        var files = endpoints.MapGroup("/files").WithTags("Files").WithApiScopes(ReadScope, WriteScope).AddEndpointFilter<RouteGroupBuilder, UsageLimitFilter>().AddEndpointFilter<RouteGroupBuilder, GrantedAccessFilter>();
        files.MapGetFile();
        files.MapGetFileRaw();
        files.MapReplaceFileContent(limits);
        files.MapUpdateFile();
        files.MapCopyFile();
        files.MapDeleteFile();
        files.MapSetFileTags();
        files.MapListVersions();
        files.MapGetVersion();
        files.MapRestoreVersion();
        files.MapDiffVersions();
        files.MapListLabels();
        files.MapSetLabel();
        files.MapDeleteLabel();
        files.MapListFindings();
        files.MapFixFile();

        endpoints.MapValidateFile(limits);

        endpoints.MapGroup("/templates").WithTags("Validation").MapListTemplates();
        endpoints.MapGroup("/search").WithTags("Stashes").WithApiScopes(ReadScope, WriteScope).MapSearchFiles();
        endpoints.MapGroup("/usage").WithTags("Stashes").WithApiScopes(ReadScope, WriteScope).MapGetUsage();

        var folders = endpoints.MapGroup("/folders").WithTags("Folders").WithApiScopes(ReadScope, WriteScope).AddEndpointFilter<RouteGroupBuilder, UsageLimitFilter>().AddEndpointFilter<RouteGroupBuilder, GrantedAccessFilter>();
        folders.MapGetFolder();
        folders.MapUpdateFolder();
        folders.MapCopyFolder();
        folders.MapDeleteFolder();

        var tags = endpoints.MapGroup("/tags").WithTags("Tags").WithApiScopes(ReadScope, WriteScope);
        tags.MapListTags();
        tags.MapCreateTag();
        tags.MapUpdateTag();
        tags.MapMergeTags();
        tags.MapDeleteTag();

        var trash = endpoints.MapGroup("/trash").WithTags("Trash").WithApiScopes(ReadScope, WriteScope);
        trash.MapListTrash();
        trash.MapRestoreFromTrash();
        trash.MapPurgeFromTrash();
        trash.MapEmptyTrash();

        return endpoints;
    }
}
