using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptStash.MigrationService;

/// <summary>What a verb prints on standard output: text for people or one JSON document for programs, never both.</summary>
internal sealed class Output(bool json)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions LineFormat = new(Format) { WriteIndented = false };

    public bool IsJson => json;

    /// <summary>The verb's one result.</summary>
    public void Result<T>(T value, string text)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(value, Format));
        }
        else if (text.Length > 0)
        {
            Console.Out.WriteLine(text.TrimEnd());
        }
    }

    /// <summary>One of many results, each of which is a document in a line of its own (NDJSON), and can be read as soon as it is there.</summary>
    public void NextResult<T>(T value, string text)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(value, LineFormat));
        }
        else
        {
            Console.Out.WriteLine(text.TrimEnd());
        }
    }

    /// <summary>A line about the work under way, which is no result.</summary>
    public static void Progress(string line) => Console.Error.WriteLine(line);

    /// <summary>The beginning of a text, in one line.</summary>
    public static string Short(string text) => text.ReplaceLineEndings(" ") is var line && line.Length <= 100 ? line : line[..99] + "…";

    /// <summary>Rows in columns as wide as their widest cell.</summary>
    public static string Table(string[] heads, IEnumerable<string?[]> rows)
    {
        var lines = rows.Select(row => row.Select(cell => (cell ?? "").ReplaceLineEndings(" ")).ToArray()).Prepend(heads).ToList();
        var widths = heads.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();

        return lines.Count == 1
            ? "  (none)"
            : string.Join('\n', lines.Select(line => ("  " + string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column])))).TrimEnd()));
    }
}
