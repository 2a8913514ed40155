using Microsoft.Extensions.Logging;
using Npgsql;

namespace PromptStash.MigrationService;

/// <summary>Restores a backup into a database and compares what came out with what the manifest says went in.</summary>
internal sealed class BackupReader(ClientTools tools, BackupWriter digests, Steps steps, ILogger<BackupReader> logger)
{
    /// <summary>Belong to the server and not to the data, and only some administrators may create them.</summary>
    private static readonly string[] ForeignExtensions = ["pg_stat_statements", "amcheck", "plpgsql"];

    /// <summary>Restores all or nothing.</summary>
    /// <exception cref="MigrationException">It failed, or what is there now is not what was saved.</exception>
    public async Task RestoreAsync(FileInfo file, BackupManifest manifest, NpgsqlConnectionStringBuilder target, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var tool = await tools.FindAsync("pg_restore", connection.PostgreSqlVersion.Major, cancellationToken);
        var list = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(list, await ListAsync(tool, file, target, cancellationToken), cancellationToken);
            var superuser = await connection.ScalarAsync<bool>("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", cancellationToken);
            string[] arguments =
            [
                "--exit-on-error", "--single-transaction", "--no-owner", "--no-acl", "--no-password", $"--use-list={list}", $"--dbname={target.Database}",

                // Rows that are there already have been through the triggers.
                .. manifest.Kind == BackupKind.Data && superuser ? ["--disable-triggers"] : Array.Empty<string>(),
                file.FullName,
            ];
            await steps.FollowAsync($"Restoring {file.Name} into {target.Database}", _ => ClientTools.RunAsync(tool, arguments, target, cancellationToken));
        }
        finally
        {
            File.Delete(list);
        }

        logger.LogInformation("Restored {File} into {Database}; comparing", file.FullName, target.Database);
        var differences = await steps.FollowAsync("Comparing the tables with the manifest", report => FindDifferencesAsync(connection, manifest, report, cancellationToken));
        if (differences.Count > 0)
        {
            throw new MigrationException($"What was restored into {target.Database} is not what was saved: {string.Join("; ", differences)}.");
        }

        // The planner knows nothing of tables that were just filled, and would read all of them.
        await connection.ExecuteAsync("ANALYZE", cancellationToken);
    }

    private async Task<List<string>> FindDifferencesAsync(NpgsqlConnection connection, BackupManifest manifest, Steps.Report report, CancellationToken cancellationToken)
    {
        var now = (await digests.DigestAsync(connection, report, cancellationToken)).ToDictionary(table => table.Name);

        return [.. manifest.Tables.Where(table => !now.ContainsKey(table.Name)).Select(table => $"{table.Name} is missing")
            .Concat(manifest.Tables
                .Where(table => now.TryGetValue(table.Name, out var other) && other != table)
                .Select(table => now[table.Name].Rows == table.Rows ? $"{table.Name} has other rows" : $"{table.Name} has {now[table.Name].Rows} rows, not {table.Rows}"))];
    }

    private static async Task<string> ListAsync(ClientTool tool, FileInfo file, NpgsqlConnectionStringBuilder target, CancellationToken cancellationToken)
    {
        var entries = (await ClientTools.RunAsync(tool, ["--list", file.FullName], target, cancellationToken)).Split('\n');

        return string.Join('\n', entries.Where(entry => !ForeignExtensions.Any(name =>
            entry.Contains($" EXTENSION - {name} ", StringComparison.Ordinal) || entry.Contains($" COMMENT - EXTENSION {name} ", StringComparison.Ordinal))));
    }
}
