using Npgsql;

namespace PromptStash.ServiceDefaults;

/// <summary>Errors of a database that answers and is not as this version needs it: what an operator types next.</summary>
public static class DatabaseFaults
{
    /// <summary>What is wrong, by PostgreSQL's code; null for an error of another kind.</summary>
    public static string? Describe(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedObject
            or PostgresErrorCodes.InvalidSchemaName =>
            $"The database lacks something that this version needs ({sqlState}): run PromptStash.MigrationService status.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"The database's role may not do what this version needs ({sqlState}): run PromptStash.MigrationService roles.",
        _ => null,
    };
}
