using NpgsqlTypes;

namespace PromptStash.Stashes.Data;

/// <summary>What a stash is for.</summary>
public enum StashScope
{
    /// <summary>Personal; visible to its owner only.</summary>
    [PgName("USER")] User,

    /// <summary>The files of one project.</summary>
    [PgName("PROJECT")] Project,

    /// <summary>One plugin.</summary>
    [PgName("PLUGIN")] Plugin,

    /// <summary>A plugin marketplace.</summary>
    [PgName("MARKETPLACE")] Marketplace,
}
