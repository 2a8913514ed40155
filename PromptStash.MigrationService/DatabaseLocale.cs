using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>What a database is created with and keeps for ever. What is one name and what are two hangs on it.</summary>
internal sealed record DatabaseLocale(string Encoding, string Collate, string CharacterType)
{
    public static async Task<DatabaseLocale> OfAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        var values = await connection.ColumnAsync(
            "SELECT unnest(ARRAY[pg_encoding_to_char(encoding), datcollate, datctype]) FROM pg_database WHERE datname = $1", cancellationToken, database);

        return values is [var encoding, var collate, var characterType]
            ? new(encoding, collate, characterType)
            : throw new MigrationException($"There is no database '{database}'. Create it with a UTF-8 encoding and locale.");
    }
}
