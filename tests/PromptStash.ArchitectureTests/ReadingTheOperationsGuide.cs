using System.Text.RegularExpressions;

namespace PromptStash.ArchitectureTests;

/// <summary>docs/operations.md promises a test for each of its rows.</summary>
public sealed partial class ReadingTheOperationsGuide
{
    [Fact]
    public void Finds_every_test_that_it_names()
    {
        var classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var table = File.ReadLines(Path.Combine(Repository.Root, "docs", "operations.md"))
            .SkipWhile(line => !line.StartsWith("## The guide", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .ToList();

        Assert.True(table.Count > 30, $"The table has {table.Count} rows.");
        Rule.HoldsFor(
            table.SelectMany(row => Quoted.Matches(row.Split('|')[^2]).DefaultIfEmpty(Match.Empty).Select(test => (row, test.Groups["name"].Value))),
            test => classes.Contains(test.Value),
            test => $"'{test.Value}' is not a test: {test.row}");
    }

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted { get; }
}
