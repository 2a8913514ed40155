using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PromptStash.ArchitectureTests;

/// <summary>README.md says what is measured and traced; whoever builds an alarm on it must be able to rely on the names.</summary>
public sealed partial class ReadingTheReadme
{
    private static readonly HashSet<string> Namings = ["CreateCounter", "CreateUpDownCounter", "CreateHistogram", "CreateObservableGauge", "CreateObservableCounter", "SetTag"];

    [Fact]
    public void Finds_every_metric_and_tag_of_ours_and_no_other()
    {
        var told = Named.Matches(string.Join('\n', File.ReadLines(Path.Combine(Repository.Root, "README.md"))
            .SkipWhile(line => !line.StartsWith("### What is measured and traced", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#')))).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var made = Repository.Projects.Where(project => project.Name is "PromptStash.ServiceDefaults" or "PromptStash.Api" or "PromptStash.BuildingBlocks")
            .Concat(Repository.Modules.Select(module => module.Implementation))
            .SelectMany(project => SourceCode.Of(project).Calls())
            .Where(call => Namings.Contains(call.Name))
            .Select(call => (call.Call.ArgumentList.Arguments[0].Expression as LiteralExpressionSyntax)?.Token.ValueText)
            .OfType<string>()
            .Where(name => name.StartsWith("promptstash.", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);

        Assert.True(made.Count > 10, $"Only {made.Count} names were found.");
        Assert.Equal(made.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("`(?<name>promptstash\\.[a-z_.]+)`")]
    private static partial Regex Named { get; }
}
