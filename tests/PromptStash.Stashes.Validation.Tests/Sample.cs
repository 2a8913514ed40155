namespace PromptStash.Stashes.Validation.Tests;

/// <summary>A text in which something is wrong at the sign §, and one that looks much like it and is right.</summary>
public sealed record Sample(string Code, string Path, string Marked, string NearMissPath, string NearMiss)
{
    public string Text => Marked.Replace("§", "", StringComparison.Ordinal);

    /// <summary>Where the sign stands, counted here by other means than the product's.</summary>
    public (int Line, int Column) Place
    {
        get
        {
            var lines = Marked[..Marked.IndexOf('§', StringComparison.Ordinal)].Split('\n');

            return (lines.Length, lines[^1].Length + 1);
        }
    }

    public override string ToString() => Code;
}
