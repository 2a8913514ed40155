using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation.Tests;

public sealed partial class DocumentingFindings
{
    [Fact]
    public void Lists_every_code_as_it_is() => Assert.Equal(
        FindingCodes.All.Select(code => (
            code.Code,
            code.Severity.ToString().ToLowerInvariant(),
            code.Kinds.Count == 0 ? "all" : string.Join(", ", code.Kinds.Select(kind => System.Text.Json.JsonNamingPolicy.SnakeCaseUpper.ConvertName(kind.ToString()))),
            code.Effect,
            code.Fixes ? "yes" : "")),
        Rows());

    private static IEnumerable<(string, string, string, string, string)> Rows() => Row()
        .Matches(File.ReadAllText(Path.Combine(Root(), "docs", "findings.md")))
        .Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value.Replace("\\|", "|", StringComparison.Ordinal), row.Groups[5].Value.Trim()));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PromptStash.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository; they read its documentation.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^\| `([a-z0-9-]+)` \| (\w+) \| ([A-Z_, ]+|all) \| (.+) \| ((?:yes)? ?)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
