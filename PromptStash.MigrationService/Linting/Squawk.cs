using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace PromptStash.MigrationService.Linting;

/// <summary>Squawk, a linter of PostgreSQL migrations, which npm fetches at the pinned version.</summary>
internal static class Squawk
{
    private const string Package = "squawk-cli@2.66.0";

    /// <summary>
    /// The worker sets the timeouts that it asks for; a migration is one transaction and needs no IF NOT EXISTS; lengths and integers are the
    /// model's. What takes something away the operation rules judge, because they know [ContractPhase].
    /// </summary>
    private const string Excluded =
        "require-lock-timeout,require-statement-timeout,prefer-robust-stmts,prefer-text-field,prefer-bigint-over-int,prefer-bigint-over-smallint,transaction-nesting,"
        + "ban-drop-column,ban-drop-table,renaming-column,renaming-table,changing-column-type,adding-required-field,ban-drop-not-null";

    public static async Task<List<(string Rule, string Message)>> CheckAsync(string sql, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".sql");
        await File.WriteAllTextAsync(file, sql, cancellationToken);
        try
        {
            var start = new ProcessStartInfo("npm", ["exec", "--yes", $"--package={Package}", "--", "squawk", "--reporter=json", "--assume-in-transaction", $"--exclude={Excluded}", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            };
            using var process = Process.Start(start) ?? throw new MigrationException("npm does not start.");
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);

            return Read(output) ?? throw new MigrationException(
                $"Squawk could not be run ({(await error).Split('\n').FirstOrDefault(line => line.Length > 0) ?? $"exit code {process.ExitCode}"}). Is npm online? --without-squawk leaves it out.");
        }
        catch (Win32Exception exception)
        {
            throw new MigrationException("Squawk comes from npm, and there is no npm. Install Node.js, or leave it out with --without-squawk.", exception);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<(string Rule, string Message)>? Read(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output.Trim());

            return [.. document.RootElement.EnumerateArray().Select(violation =>
                (Text(violation, "rule_name"), $"Line {violation.GetProperty("line").GetInt32() + 1}: {Text(violation, "message")} {Text(violation, "help")}".Trim()))];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement violation, string name) =>
        violation.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
