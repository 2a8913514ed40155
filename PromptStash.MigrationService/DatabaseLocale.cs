using System.Text.Json.Serialization;
using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>What a database is created with and keeps for ever. What is one name and what are two hangs on it.</summary>
/// <param name="Encoding">UTF8.</param>
/// <param name="Collate">LC_COLLATE.</param>
/// <param name="CharacterType">LC_CTYPE.</param>
/// <param name="Provider">icu or builtin; null for the operating system's library. Older manifests do not have it, and say the same.</param>
/// <param name="ProviderLocale">What the provider calls the locale.</param>
internal sealed record DatabaseLocale(
    string Encoding,
    string Collate,
    string CharacterType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Provider = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ProviderLocale = null)
{
    /// <summary>What CREATE DATABASE is told.</summary>
    [JsonIgnore]
    public string Clauses => $"ENCODING {Sql.Literal(Encoding)} LC_COLLATE {Sql.Literal(Collate)} LC_CTYPE {Sql.Literal(CharacterType)}"
        + (Provider is null ? "" : $" LOCALE_PROVIDER {Provider} {(Provider == "icu" ? "ICU_LOCALE" : "BUILTIN_LOCALE")} {Sql.Literal(ProviderLocale ?? "")}");

    public static async Task<DatabaseLocale> OfAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken) =>
        await FindAsync(connection, database, cancellationToken)
            ?? throw new MigrationException($"There is no database '{database}'. Create it with a UTF-8 encoding and locale.");

    public static async Task<DatabaseLocale?> FindAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        // The names of the provider's columns differ by version.
        var values = await connection.ColumnAsync(
            """
            SELECT unnest(ARRAY[
                pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
                CASE row ->> 'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE '' END,
                coalesce(row ->> 'datlocale', row ->> 'daticulocale', '')])
            FROM pg_database d CROSS JOIN LATERAL to_jsonb(d) row WHERE d.datname = $1
            """, cancellationToken, database);

        return values switch
        {
            [var encoding, var collate, var characterType, "", _] => new(encoding, collate, characterType),
            [var encoding, var collate, var characterType, var provider, var locale] => new(encoding, collate, characterType, provider, locale),
            _ => null,
        };
    }
}
