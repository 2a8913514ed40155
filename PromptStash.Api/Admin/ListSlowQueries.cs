using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class ListSlowQueries
{
    public static void MapListSlowQueries(this IEndpointRouteBuilder database) =>
        database.MapGet("/slow-queries", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListSlowQueries))
            .WithSummary("List the statements that take longest on average, without their values")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .WithResponseExample(new SlowQueries(Available: true, Hint: null, [
                new("-4021530077190511284", "SearchFiles", "SELECT f.id FROM stashes.file_search AS f WHERE f.owner_id = $1", Calls: 120, MeanMilliseconds: 4.2, MaxMilliseconds: 31.5, TotalMilliseconds: 504, Rows: 2400)]));

    private static async Task<Results<Ok<SlowQueries>, NotFound>> HandleAsync(
        NpgsqlDataSource source,
        CancellationToken cancellationToken,
        [Range(1, 100)][Description("The most statements to answer: 1 to 100.")] int limit = 20)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetSlowQueriesAsync(connection, limit, cancellationToken));
    }
}
