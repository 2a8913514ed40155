using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Validation;

/// <summary>A file to look at. Nothing is kept of it.</summary>
/// <param name="Path">Where it lies or would lie, such as <c>.claude/agents/code-reviewer.md</c>: much depends on it.</param>
/// <param name="Content">The text; it may be empty.</param>
/// <param name="Kind">What it is; found from path and content when not given.</param>
public sealed record ValidateFileRequest(
    [property: Required] string Path,
    [property: Required(AllowEmptyStrings = true)] string Content,
    [property: EnumDataType(typeof(FileKind))] FileKind? Kind = null);

/// <summary>What was found in a file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Findings">In the order of the text, at most 200 and one that says that there are more.</param>
/// <param name="EstimatedTokens">How many tokens it is, about.</param>
/// <param name="EstimatedStartUpTokens">How many of them Claude Code loads at every start.</param>
internal sealed record ValidateFileAnswer(FileKind Kind, IReadOnlyList<Finding> Findings, int EstimatedTokens, int EstimatedStartUpTokens);

internal static class ValidateFile
{
    public static void MapValidateFile(this IEndpointRouteBuilder endpoints, StashesOptions limits) =>
        endpoints.MapPost("/validate", Handle)
            .AllowAnonymous()
            .RequireRateLimiting(StashesModule.ValidationRateLimit)
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxContentBodyBytes))
            .WithTags("Validation")
            .WithName(nameof(ValidateFile))
            .WithSummary("Check a file without keeping it")
            .WithDescription("Open to everybody, under a rate limit of its own. The codes of the findings are listed in docs/findings.md.")
            .WithRequestExample(new ValidateFileRequest(".mcp.json", """{"mcpServers": {"docs": {"url": "https://docs.example.com/mcp"}}}"""))
            .WithResponseExample(new ValidateFileAnswer(FileKind.Mcp, [FindingExamples.UrlWithoutType], 22, 0));

    private static Results<Ok<ValidateFileAnswer>, ValidationProblem> Handle(ValidateFileRequest request, IOptions<StashesOptions> options)
    {
        if (!StashPath.TryParse(request.Path, out var path, out var pathError))
        {
            return Problems.Invalid("path", pathError);
        }

        if (!FileContent.TryCreate(request.Content, options.Value.MaxFileBytes, out var content, out var contentError))
        {
            return Problems.Invalid("content", contentError);
        }

        var check = Checker.Check(path, content.Text, request.Kind);
        FindingsMeter.Count(check);
        var tokens = TokenEstimate.Count(content.Text);

        return TypedResults.Ok(new ValidateFileAnswer(
            check.Kind, check.Findings, tokens, StartUpCost.Of(path, check.Kind, check.Name, check.Description, tokens)));
    }
}
