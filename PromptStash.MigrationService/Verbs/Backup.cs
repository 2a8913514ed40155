using System.CommandLine;

namespace PromptStash.MigrationService.Verbs;

/// <summary>Saves the database into a file, with a manifest beside it that tells later whether it still is what was saved.</summary>
internal static class Backup
{
    private static readonly Argument<FileInfo> File = new("file") { Description = "Where to write the dump; its manifest gets the same name and .manifest.json." };

    private static readonly Option<bool> SchemaOnly = new("--schema-only") { Description = "Tables without rows." };

    private static readonly Option<bool> DataOnly = new("--data-only") { Description = "Rows without tables, for a database that is migrated and empty." };

    public static Verb Create(VerbRunner runner)
    {
        var verb = new Verb(
            "backup",
            "Save the database into a file: one snapshot over all schemas, in pg_dump's custom format, over the direct connection. Users go on working.",
            "backup promptstash.dump",
            "backup schema.dump --schema-only")
        {
            File, SchemaOnly, DataOnly,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(SchemaOnly) && result.GetValue(DataOnly))
            {
                result.AddError("--schema-only and --data-only together leave nothing to save.");
            }
        });

        return runner.Handle(verb, RunAsync);
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var kind = run.Value(SchemaOnly) ? BackupKind.Schema : run.Value(DataOnly) ? BackupKind.Data : BackupKind.Full;
        var file = run.Value(File);
        var manifest = await run.Get<BackupWriter>().WriteAsync(file, kind, cancellationToken);
        run.Output.Result(
            new { File = file.FullName, Manifest = manifest },
            $"Saved {manifest.Tables.Count} tables with {manifest.Tables.Sum(table => table.Rows)} rows into {file.FullName} ({manifest.Size} bytes, SHA-256 {manifest.Sha256}). 'verify' restores it on trial.");

        return ExitCodes.Done;
    }
}
