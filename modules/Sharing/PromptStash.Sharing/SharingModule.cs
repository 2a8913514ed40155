using Microsoft.Extensions.Options;
using PromptStash.Identity.Contracts;
using PromptStash.Sharing.Access;
using PromptStash.Sharing.Comments;
using PromptStash.Sharing.Contracts;
using PromptStash.Sharing.Data;
using PromptStash.Sharing.Invitations;
using PromptStash.Sharing.Links;
using PromptStash.Sharing.Preview;
using PromptStash.Sharing.Received;
using PromptStash.Sharing.Shares;
using PromptStash.Sharing.Suggestions;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing;

/// <summary>The Sharing module: files, folders and stashes go to people and links, with permissions that end on time.</summary>
public static class SharingModule
{
    /// <summary>Adds what a migration of the schema <c>sharing</c> needs.</summary>
    public static IServiceCollection AddSharingDatabase(this IServiceCollection services) =>
        services.AddModuleDatabase<SharingDbContext>(SharingDbContext.Schema, SharingDbContext.MapTypes, SharingDbContext.MapTypes);

    /// <summary>Adds the module.</summary>
    public static IServiceCollection AddSharingModule(this IServiceCollection services)
    {
        services.AddSharingDatabase();
        services.AddOptions<SharingOptions>().BindConfiguration(SharingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOutboxDispatcher<SharingDbContext>();
        services.AddHostedService<SharingHousekeeping>();
        services.AddScoped<ShareRules>();
        services.AddSingleton<LinkAddress>();
        services.AddSingleton<Visitors>();
        services.AddSingleton<VisitCookie>();
        services.AddScoped<AttemptLimit>();
        services.AddScoped<LinkGate>();
        services.AddScoped<AccessibleFiles>();
        services.AddScoped<IFileGrants, FileGrants>();
        services.AddScoped<CommentStore>();
        services.AddScoped<ICommentCounts, CommentCounter>();
        services.AddScoped<SuggestionStore>();
        services.AddScoped<SuggestionDecisions>();
        services.AddHostedService<SuggestionHousekeeping>();
        services.AddScoped<InvitationQueue>();
        services.AddScoped<IAccountExporter, SharingExporter>();
        services.AddEventConsumer<FilesDeleted, EndSharesOfDeletedFiles>(FilesDeleted.Type);
        services.AddEventConsumer<InvitationRequested, InvitationMail>(InvitationRequested.Type);
        services.AddEventConsumer<UserDeleted, DeleteSharesOfDeletedUser>(UserDeleted.Type);

        return services.AddValidation();
    }

    /// <summary>Maps <c>/shares</c> and the comments of files for owners, and <c>/shared</c> for whoever holds a link, below the host's prefix.</summary>
    public static IEndpointRouteBuilder MapSharingEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var limits = endpoints.ServiceProvider.GetRequiredService<IOptions<SharingOptions>>().Value;

        // Not opened to API tokens: giving things away is for their owner's own session.
        var shares = endpoints.MapGroup("/shares").WithTags("Sharing");
        shares.MapCreateShare(limits);
        shares.MapListShares();
        shares.MapListMyShares();
        shares.MapGetShare();
        shares.MapUpdateShare();
        shares.MapRevokeShare();
        shares.MapRevokeShares();
        shares.MapRenewShareToken();
        shares.MapListShareAccesses(limits);

        var shared = endpoints.MapGroup("/shared").WithTags("Links");
        shared.MapOpenLink();
        shared.MapUnlockLink(limits);
        shared.MapGetLinkFile();
        shared.MapGetLinkRaw();
        shared.MapExportLink();
        shared.MapGetLinkPreview();
        shared.MapListLinkComments();
        shared.MapCreateLinkComment(limits);
        shared.MapCreateLinkSuggestion(limits);

        var received = endpoints.MapGroup("/shared-with-me").WithTags("Sharing");
        received.MapListSharedWithMe();
        received.MapDeclineShare();

        var files = endpoints.MapGroup("/files").WithTags("Sharing").AddEndpointFilter<RouteGroupBuilder, NotPermittedFilter>();
        files.MapGetFilePreview();
        files.MapListComments();
        files.MapCreateComment();
        files.MapListSuggestions();
        files.MapCreateSuggestion(limits);

        var comments = endpoints.MapGroup("/comments").WithTags("Sharing").AddEndpointFilter<RouteGroupBuilder, NotPermittedFilter>();
        comments.MapUpdateComment();
        comments.MapDeleteComment();

        var suggestions = endpoints.MapGroup("/suggestions").WithTags("Sharing").AddEndpointFilter<RouteGroupBuilder, NotPermittedFilter>();
        suggestions.MapGetSuggestion();
        suggestions.MapAcceptSuggestion();
        suggestions.MapDeclineSuggestion();
        suggestions.MapWithdrawSuggestion();

        return endpoints;
    }
}
