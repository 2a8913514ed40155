using NpgsqlTypes;

namespace PromptStash.Sharing.Data;

/// <summary>What a share allows.</summary>
#pragma warning disable CA1711 // The seed calls it so.
public enum SharePermission
#pragma warning restore CA1711
{
    /// <summary>Read.</summary>
    [PgName("VIEW")] View,

    /// <summary>Read and write.</summary>
    [PgName("EDIT")] Edit,

    /// <summary>Read and comment.</summary>
    [PgName("COMMENT")] Comment,
}
