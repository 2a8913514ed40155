using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class ListTables
{
    public static void MapListTables(this IEndpointRouteBuilder database) =>
        database.MapGet("/tables", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListTables))
            .WithSummary("List tables by size, and indexes that nobody uses")
            .ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<Tables>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetTablesAsync(connection, cancellationToken));
    }
}
