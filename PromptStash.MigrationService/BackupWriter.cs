using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using PromptStash.BuildingBlocks;

namespace PromptStash.MigrationService;

/// <summary>Writes a backup and its manifest from one snapshot over all schemas, so that what modules say of each other fits together.</summary>
internal sealed class BackupWriter(
    DirectDatabase database, ClientTools tools, Steps steps, IEnumerable<IModuleMigrator> modules, TimeProvider time, ILogger<BackupWriter> logger)
{
    public async Task<BackupManifest> WriteAsync(FileInfo file, BackupKind kind, CancellationToken cancellationToken)
    {
        Refuse(file);
        await using var connection = await database.OpenAsync(null, cancellationToken);
        var tool = await tools.FindAsync("pg_dump", connection.PostgreSqlVersion.Major, cancellationToken);
        var unfinished = new FileInfo(file.FullName + ".unfinished");
        try
        {
            // Users' texts, and what is kept of their passwords: pg_dump writes into the file that is there, and leaves its mode alone.
            await OwnersFile.Create(unfinished.FullName).DisposeAsync();

            // The dump and the digests look at the database through this one transaction's eyes, however long either takes.
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            var snapshot = await connection.ScalarAsync<string>("SELECT pg_export_snapshot()", cancellationToken);
            var tables = await steps.FollowAsync($"Saving {connection.Database}", async report =>
            {
                var dump = ClientTools.RunAsync(tool, Arguments(unfinished, kind, snapshot!), database.Settings, cancellationToken);
                var digests = kind == BackupKind.Schema ? Task.FromResult<IReadOnlyList<TableDigest>>([]) : DigestAsync(connection, report, cancellationToken);
                await Task.WhenAll(dump, digests);

                return await digests;
            });
            logger.LogInformation("Dumped {Database} into {File}; {Tables} tables hashed", connection.Database, unfinished.FullName, tables.Count);

            var manifest = await DescribeAsync(connection, kind, tables, unfinished, tool, cancellationToken);
            await FinishAsync(file, unfinished, manifest, cancellationToken);

            return manifest;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not EndOfStreamException)
        {
            throw new MigrationException($"The backup could not be written: {exception.Message}", exception);
        }
        finally
        {
            // Nothing that looks like a backup and is none.
            File.Delete(unfinished.FullName);
            File.Delete(UnfinishedManifestOf(file));
        }
    }

    /// <summary>Count and hash of every table of the modules, in whatever transaction the connection has.</summary>
    public async Task<IReadOnlyList<TableDigest>> DigestAsync(NpgsqlConnection connection, Steps.Report? report, CancellationToken cancellationToken)
    {
        // A row is hashed as text, and these say how times and bytes are written.
        await connection.ExecuteAsync(
            "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1", cancellationToken);
        var names = await connection.ColumnAsync(
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname = ANY ($1) ORDER BY 1
            """, cancellationToken, (object)modules.Select(module => module.Schema).ToArray());
        var digests = new List<TableDigest>();
        foreach (var name in names)
        {
            var row = await connection.ColumnAsync(
                $"SELECT count(*)::text || ' ' || coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text FROM {name} t", cancellationToken);
            var parts = row[0].Split(' ');
            digests.Add(new(name, long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1]));
            report?.Invoke(digests.Count, names.Count);
        }

        return digests;
    }

    private static string UnfinishedManifestOf(FileInfo file) => BackupManifest.FileOf(file).FullName + ".unfinished";

    private static void Refuse(FileInfo file)
    {
        // A manifest without a dump is what a run left that was killed between the two names.
        if (file.Exists)
        {
            throw MigrationException.Refused($"{file.FullName} is there already. A backup overwrites none: name another file.");
        }

        if (file.Directory is { Exists: false } folder)
        {
            throw new MigrationException($"There is no folder {folder.FullName} to write the backup into.");
        }
    }

    private static string[] Arguments(FileInfo file, BackupKind kind, string snapshot)
    {
        string[] always = ["--format=custom", "--compress=1", "--no-password", $"--snapshot={snapshot}", $"--file={file.FullName}"];

        return kind switch
        {
            BackupKind.Schema => [.. always, "--schema-only"],

            // The history comes with the tables, which are there before the rows.
            BackupKind.Data => [.. always, "--data-only", $"--exclude-table-data=*.\"{ModuleDatabase.HistoryTable}\""],
            _ => always,
        };
    }

    private async Task<BackupManifest> DescribeAsync(
        NpgsqlConnection connection, BackupKind kind, IReadOnlyList<TableDigest> tables, FileInfo dump, ClientTool tool, CancellationToken cancellationToken)
    {
        var migrations = new List<SchemaMigrations>();
        foreach (var module in modules)
        {
            var state = await module.GetStateAsync(cancellationToken);
            migrations.Add(new(module.Schema, [.. state.Applied, .. state.Unknown]));
        }

        var locale = await DatabaseLocale.OfAsync(connection, connection.Database, cancellationToken);
        await using var content = dump.OpenRead();

        return new BackupManifest(
            BackupManifest.CurrentFormat, kind, connection.Database, locale,
            connection.PostgreSqlVersion.ToString(), $"pg_dump {tool.Major}", time.GetUtcNow(), migrations,
            kind == BackupKind.Data ? [.. tables.Where(table => !table.Name.Contains(ModuleDatabase.HistoryTable, StringComparison.Ordinal))] : tables,
            content.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)));
    }

    /// <summary>Both files are on disk before either has its name, and the dump is named last: where it is, its manifest is.</summary>
    private static async Task FinishAsync(FileInfo file, FileInfo unfinished, BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using (var content = new FileStream(unfinished.FullName, FileMode.Open, FileAccess.ReadWrite))
        {
            content.Flush(flushToDisk: true);
        }

        var beside = BackupManifest.FileOf(file);
        await using (var output = OwnersFile.Create(UnfinishedManifestOf(file)))
        {
            await output.WriteAsync(manifest.ToBytes(), cancellationToken);
            output.Flush(flushToDisk: true);
        }

        // What is on disk so far are the files. Their names are the folder's, which has to be told too, once for each: the disk may take two in any order.
        File.Move(UnfinishedManifestOf(file), beside.FullName, overwrite: true);
        FolderOnDisk.Flush(file.DirectoryName!);
        File.Move(unfinished.FullName, file.FullName);
        FolderOnDisk.Flush(file.DirectoryName!);
        file.Refresh();
    }
}
