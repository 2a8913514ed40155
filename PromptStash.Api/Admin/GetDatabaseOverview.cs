using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class GetDatabaseOverview
{
    public static void MapGetDatabaseOverview(this IEndpointRouteBuilder database) =>
        database.MapGet("/overview", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(GetDatabaseOverview))
            .WithSummary("Look at the database: size, connections, cache hits, deadlocks")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .WithResponseExample(new DatabaseOverview(
                "16.14", DateTimeOffset.UnixEpoch.AddDays(20_750), SizeBytes: 73_400_320, CacheHitRatio: 0.997, Connections: 12, MaxConnections: 100, Deadlocks: 0, Rollbacks: 3, TemporaryBytes: 0, TransactionAge: 48_211));

    private static async Task<Results<Ok<DatabaseOverview>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetOverviewAsync(connection, cancellationToken));
    }
}
