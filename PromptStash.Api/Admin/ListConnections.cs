using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class ListConnections
{
    public static void MapListConnections(this IEndpointRouteBuilder database) =>
        database.MapGet("/connections", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListConnections))
            .WithSummary("List who is connected, and who waits for whose lock")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .WithResponseExample(new Connections(
                [new("idle", "promptstash-api", "10.0.0.5", Count: 8, LongestTransactionSeconds: null)],
                [new(Waiting: 4711, "UPDATE stashes.files SET name = $1", WaitedSeconds: 2.5, Blocking: 4690, "SELECT 1", "idle in transaction")]));

    private static async Task<Results<Ok<Connections>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetConnectionsAsync(connection, cancellationToken));
    }
}
