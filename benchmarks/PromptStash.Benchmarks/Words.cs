using System.Text;

namespace PromptStash.Benchmarks;

/// <summary>Texts that look like agents, from a vocabulary of two thousand words, the first of which are used most, as in a language.</summary>
internal static class Words
{
    private static readonly string[] Syllables = ["ba", "cor", "del", "fin", "gra", "hul", "jem", "kin", "lor", "mas", "nel", "pra", "quo", "ris", "sol", "tam", "ul", "ver", "wen", "zo"];

    /// <summary>Some 4 KiB.</summary>
    public static string Agent(int number)
    {
        var random = new Random(number);

        return $"---\nname: agent-{number}\ndescription: {Sentence(random, 12)}\nmodel: {(number % 3 == 0 ? "opus" : "sonnet")}\ntools: Read, Grep\n---\n{Text(random, 60)}";
    }

    public static string Text(Random random, int lines)
    {
        var text = new StringBuilder();
        for (var line = 0; line < lines; line++)
        {
            text.Append(Sentence(random, 10)).Append('\n');
        }

        return text.ToString();
    }

    public static string Sentence(Random random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word((int)(2000 * Math.Pow(random.NextDouble(), 3)))));

    public static string Word(int number) => Syllables[number / 400 % 20] + Syllables[number / 20 % 20] + Syllables[number % 20];
}
