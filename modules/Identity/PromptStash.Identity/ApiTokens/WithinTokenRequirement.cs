using Microsoft.AspNetCore.Authorization;
using PromptStash.Identity.Contracts;

namespace PromptStash.Identity.ApiTokens;

/// <summary>An API token opens what its scopes and stashes cover. What says nothing about scopes is closed to tokens.</summary>
internal sealed class WithinTokenRequirement : IAuthorizationRequirement;

/// <summary>Part of the default policy, so that no endpoint can forget it.</summary>
internal sealed class WithinTokenHandler(IEnumerable<IStashFinder> finders) : AuthorizationHandler<WithinTokenRequirement>
{
    private const string StashId = "stashId";

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, WithinTokenRequirement requirement)
    {
        // A session may do everything that its user may.
        if (!context.User.HasClaim(claim => claim.Type == ApiTokenClaims.TokenId)
            || (context.Resource is HttpContext http && MayByScope(context.User, http) && await MayByStashAsync(context.User, http)))
        {
            context.Succeed(requirement);
        }
    }

    private static bool MayByScope(ClaimsPrincipal user, HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ApiScopes>() is not { } scopes)
        {
            return false;
        }

        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

        return user.HasClaim(ApiTokenClaims.Scope, reads ? scopes.Read : scopes.Write);
    }

    private async Task<bool> MayByStashAsync(ClaimsPrincipal user, HttpContext http)
    {
        if (user.GetStashLimit() is not { } stashes || http.GetEndpoint()?.Metadata.GetMetadata<KeepsToStashLimit>() is not null)
        {
            return true;
        }

        var values = http.Request.RouteValues;
        if (IdOf(values, StashId) is { } stashId)
        {
            return stashes.Contains(stashId);
        }

        foreach (var finder in finders)
        {
            if (IdOf(values, finder.RouteValue) is { } id)
            {
                // Of something that is not there the operation says so itself.
                return await finder.FindStashAsync(id, user.GetUserId(), http.RequestAborted) is not { } stash || stashes.Contains(stash);
            }
        }

        return false;
    }

    private static Guid? IdOf(RouteValueDictionary values, string name) =>
        values.TryGetValue(name, out var value) && Guid.TryParse(value?.ToString(), out var id) ? id : null;
}
