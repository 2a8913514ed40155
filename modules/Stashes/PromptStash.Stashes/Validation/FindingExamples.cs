namespace PromptStash.Stashes.Validation;

/// <summary>Findings as the API's document shows them.</summary>
internal static class FindingExamples
{
    public static readonly Finding UrlWithoutType = Checker.Check(".mcp.json", """{"mcpServers": {"docs": {"url": "https://docs.example.com/mcp"}}}""").Findings[0];
}
