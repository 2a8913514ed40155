using System.Diagnostics.Metrics;

namespace PromptStash.Stashes.Validation;

/// <summary>Counts what is found in files, by code and severity, and never in which.</summary>
internal static class FindingsMeter
{
    private static readonly Meter Meter = new("PromptStash.Stashes");

    private static readonly Counter<long> Findings = Meter.CreateCounter<long>(
        "promptstash.validation.findings", "{finding}", "Findings in files that were checked because they were written, asked about, or the rules were new.");

    public static void Count(FileCheck check)
    {
        foreach (var finding in check.Findings)
        {
            Findings.Add(
                1, new KeyValuePair<string, object?>("code", finding.Code), new KeyValuePair<string, object?>("severity", NameOf(finding.Severity)));
        }
    }

    private static string NameOf(Severity severity) => severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" };
}
