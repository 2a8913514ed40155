using System.Globalization;
using PromptStash.Stashes.Contracts;

namespace PromptStash.Sharing.Suggestions;

/// <summary>What stands in the way of a suggestion.</summary>
internal static class SuggestionProblems
{
    public static ProblemHttpResult TooManyOpen() =>
        Problems.Conflict("So many suggestions of yours wait to be decided on that no further one is taken. Nothing was saved.");

    public static ProblemHttpResult Decided() => Problems.Conflict("This suggestion was decided on already, or is being decided on. Nothing was changed.");

    /// <summary>As any other write is refused that the user has no room for.</summary>
    public static ProblemHttpResult NoRoom(ProposalResult.Use use) => TypedResults.Problem(
        string.Create(
            CultureInfo.InvariantCulture,
            $"You keep {use.Used:N0} bytes, the trash and old versions included; with this it would be {use.Needed:N0}, and the limit is {use.Limit:N0}."),
        statusCode: StatusCodes.Status413PayloadTooLarge,
        extensions: new Dictionary<string, object?> { ["resource"] = "bytes", ["used"] = use.Used, ["needed"] = use.Needed, ["limit"] = use.Limit });

    public static ProblemHttpResult InConflict(IReadOnlyList<ProposalResult.Conflict> conflicts) => TypedResults.Problem(
        "The file has changed since, in the same lines. Nothing was changed.",
        statusCode: StatusCodes.Status409Conflict,
        extensions: new Dictionary<string, object?> { ["conflicts"] = conflicts });
}
