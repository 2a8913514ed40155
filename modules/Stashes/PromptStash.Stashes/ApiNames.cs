using System.Text.Json;

namespace PromptStash.Stashes;

/// <summary>The API's spellings of enum values, in query strings as in bodies: <c>OUTPUT_STYLE</c>.</summary>
internal static class ApiNames<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Values =
        Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString()), StringComparer.OrdinalIgnoreCase);

    /// <summary>All of them, for a message.</summary>
    public static string All { get; } = string.Join(", ", Values.Keys);

    /// <summary>Reads one; nothing is no value.</summary>
    public static bool TryParse(string? text, out T? value)
    {
        value = text is not null && Values.TryGetValue(text, out var found) ? found : null;
        return text is null || value is not null;
    }
}
