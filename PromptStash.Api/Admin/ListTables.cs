using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PromptStash.BuildingBlocks;
using PromptStash.ServiceDefaults.Monitoring;

namespace PromptStash.Api.Admin;

internal static class ListTables
{
    public static void MapListTables(this IEndpointRouteBuilder database) =>
        database.MapGet("/tables", HandleAsync)
            .RequireAuthorization()
            .WithName(nameof(ListTables))
            .WithSummary("List tables by size, and indexes that nobody uses")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .WithResponseExample(new Tables(
                [new("stashes.files", Rows: 12_000, DeadRows: 40, TableBytes: 52_428_800, IndexBytes: 9_437_184, SequentialScans: 3, IndexScans: 51_204, ProbablyMissesIndex: false, LastVacuum: null, LastAnalyze: null)],
                [new("stashes.ix_files_kind", "stashes.files", Bytes: 409_600)]));

    private static async Task<Results<Ok<Tables>, NotFound>> HandleAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        return TypedResults.Ok(await DatabaseMonitor.GetTablesAsync(connection, cancellationToken));
    }
}
