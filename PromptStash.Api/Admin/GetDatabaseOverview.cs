using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class GetDatabaseOverview
{
    public static void MapGetDatabaseOverview(this IEndpointRouteBuilder database) =>
        database.MapGet("/overview", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetDatabaseOverview))
            .WithSummary("Look at the database: size, connections, cache hits, deadlocks")
            .ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<DatabaseOverview>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetOverviewAsync(connection, cancellationToken));
    }
}
