using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class ListConnections
{
    public static void MapListConnections(this IEndpointRouteBuilder database) =>
        database.MapGet("/connections", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListConnections))
            .WithSummary("List who is connected, and who waits for whose lock")
            .ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<Connections>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetConnectionsAsync(connection, cancellationToken));
    }
}
