using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class ListSlowQueries
{
    public static void MapListSlowQueries(this IEndpointRouteBuilder database) =>
        database.MapGet("/slow-queries", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListSlowQueries))
            .WithSummary("List the statements that take longest on average, without their values")
            .ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<SlowQueries>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken, [Range(1, 100)] int limit = 20)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetSlowQueriesAsync(connection, limit, cancellationToken));
    }
}
