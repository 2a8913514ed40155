using System.Text.Json;
using Npgsql;

namespace PromptStash.Stashes.Data;

/// <summary>The spelling of PostgreSQL's enum labels (<c>OUTPUT_STYLE</c>) for enums of a library that knows no database.</summary>
internal sealed class UpperSnakeCase : INpgsqlNameTranslator
{
    public static readonly UpperSnakeCase Names = new();

    public string TranslateTypeName(string clrName) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(clrName);

    public string TranslateMemberName(string clrName) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(clrName);
}
