using System.Collections.Frozen;

namespace PromptStash.Identity.ApiTokens;

/// <summary>What a token can be allowed to do.</summary>
internal static class ApiTokenScopes
{
    public static readonly FrozenSet<string> All =
        FrozenSet.Create(StringComparer.Ordinal, "stashes:read", "stashes:write");
}
