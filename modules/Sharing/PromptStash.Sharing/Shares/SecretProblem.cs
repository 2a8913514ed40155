using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Shares;

internal static class SecretProblem
{
    /// <summary>How many findings a refusal lists.</summary>
    public const int MaxFindings = 100;

    public static ProblemHttpResult Of(IReadOnlyList<SecretFinding> findings) => TypedResults.Problem(
        "Whoever holds the link would read these secrets. Take them out, or send their codes as acceptFindings, or redact: true.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        extensions: new Dictionary<string, object?> { ["findings"] = findings });
}
