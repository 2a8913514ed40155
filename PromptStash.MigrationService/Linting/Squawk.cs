using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace PromptStash.MigrationService.Linting;

/// <summary>Squawk, a linter of PostgreSQL migrations, which npm fetches at the pinned version.</summary>
internal sealed class Squawk(IOptions<MigrationOptions> options, TimeProvider time)
{
    private const string Package = "squawk-cli@2.66.0";

    /// <summary>
    /// The worker sets the timeouts that it asks for; a migration is one transaction and needs no IF NOT EXISTS; lengths and integers are the
    /// model's. What takes something away the operation rules judge, because they know [ContractPhase].
    /// </summary>
    private const string Excluded =
        "require-lock-timeout,require-statement-timeout,prefer-robust-stmts,prefer-text-field,prefer-bigint-over-int,prefer-bigint-over-smallint,"
        + "ban-drop-column,ban-drop-table,renaming-column,renaming-table,changing-column-type,adding-required-field,ban-drop-not-null";

    /// <summary>What the rule set-not-null judges too, and lets pass where a check that was validated before says that no row is without the value.</summary>
    private const string ExcludedInContractPhase = Excluded + ",adding-not-nullable-field";

    /// <param name="sql">The migration with its own BEGIN and COMMIT: an index may be built concurrently outside of them only.</param>
    /// <param name="isContractPhase">Whether it is marked as [ContractPhase].</param>
    /// <param name="cancellationToken">Ends squawk, and npm with it.</param>
    public async Task<List<(string Rule, string Message)>> CheckAsync(string sql, bool isContractPhase, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".sql");
        await File.WriteAllTextAsync(file, sql, cancellationToken);
        try
        {
            var exclude = $"--exclude={(isContractPhase ? ExcludedInContractPhase : Excluded)}";
            var (exitCode, output, error) = await RunAsync(["exec", "--yes", $"--package={Package}", "--", "squawk", "--reporter=json", exclude, file], cancellationToken);

            return Read(output) ?? throw new MigrationException(
                $"Squawk could not be run ({error.Split('\n').FirstOrDefault(line => line.Length > 0) ?? $"exit code {exitCode}"}). Is npm online? --without-squawk leaves it out.");
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

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        // Without a standard input, or npm might wait for an answer.
        var start = new ProcessStartInfo("npm", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        using var limit = new CancellationTokenSource(options.Value.WaitForSquawk, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ChildProcess.RunAsync(start, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MigrationException(
                $"Squawk did not answer within {options.Value.WaitForSquawk}. Is npm online? {MigrationOptions.Section}__{nameof(MigrationOptions.WaitForSquawk)} gives it longer, --without-squawk leaves it out.",
                exception);
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
