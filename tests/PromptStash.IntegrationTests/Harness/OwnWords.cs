using System.Collections.Concurrent;
using System.Text;

namespace PromptStash.IntegrationTests;

/// <summary>
/// Whether a text is a name of the product's own: whoever sends a finding's code, or a word that a migration holds, gives nothing away. Names
/// hold no blanks. Sentences are never own: the product holds examples of what people send, and tests send them.
/// </summary>
internal static class OwnWords
{
    private static readonly Lazy<byte[][]> Assemblies = new(() =>
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "PromptStash.*.dll")
            .Where(file => !Path.GetFileNameWithoutExtension(file).EndsWith("Tests", StringComparison.Ordinal))
            .Select(File.ReadAllBytes),
    ]);

    private static readonly ConcurrentDictionary<string, bool> Known = new(StringComparer.Ordinal);

    public static bool Hold(string text) => !text.Any(char.IsWhiteSpace) && Known.GetOrAdd(text, Find);

    // An assembly holds its strings in UTF-16, and its embedded files in UTF-8.
    private static bool Find(string text)
    {
        var string16 = Encoding.Unicode.GetBytes(text);
        var string8 = Encoding.UTF8.GetBytes(text);

        return Assemblies.Value.Any(assembly => assembly.AsSpan().IndexOf(string16) >= 0 || assembly.AsSpan().IndexOf(string8) >= 0);
    }
}
