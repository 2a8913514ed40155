using NpgsqlTypes;

namespace PromptStash.Sharing.Data;

/// <summary>What a share allows.</summary>
internal enum SharePermission
{
    /// <summary>Read.</summary>
    [PgName("VIEW")] View,

    /// <summary>Read and write.</summary>
    [PgName("EDIT")] Edit,

    /// <summary>Read and comment.</summary>
    [PgName("COMMENT")] Comment,
}
