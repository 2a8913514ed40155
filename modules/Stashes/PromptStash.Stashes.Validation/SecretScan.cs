using System.Text;

namespace PromptStash.Stashes.Validation;

/// <summary>Where a secret is.</summary>
/// <param name="Code">The code of its finding.</param>
/// <param name="Start">Where it begins, in UTF-16 units from the beginning of the file.</param>
/// <param name="End">Where it ends.</param>
internal sealed record SecretPlace(string Code, int Start, int End);

/// <summary>Finds and masks the secrets in a file: all of them, where a check stops at so many findings.</summary>
public static class SecretScan
{
    /// <summary>The codes of all findings that are secrets.</summary>
    public static IReadOnlySet<string> Codes { get; } =
        FindingCodes.All.Select(code => code.Code).Where(code => code.StartsWith("secret-", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The findings that are secrets, in the order of the text.</summary>
    /// <param name="path">Where the file lies in its stash.</param>
    /// <param name="content">Its text.</param>
    /// <param name="kind">What it is; found from path and content when null.</param>
    public static IReadOnlyList<Finding> Find(string path, string content, FileKind? kind = null) => Scan(path, content, kind).Findings();

    /// <summary>
    /// The text with every secret replaced by <c>[redacted: code]</c>, which is harmless in a JSON string. Only what is served is changed: what is
    /// stored stays.
    /// </summary>
    /// <param name="path">Where the file lies in its stash.</param>
    /// <param name="content">Its text.</param>
    /// <param name="kind">What it is; found from path and content when null.</param>
    /// <param name="accepted">Codes of findings that stay as they are.</param>
    public static string Mask(string path, string content, FileKind? kind, IReadOnlyCollection<string> accepted) =>
        Mask(path, content, kind, accepted, code => $"[redacted: {code}]");

    /// <summary>The same with other words in place of the secrets.</summary>
    /// <param name="path">Where the file lies in its stash.</param>
    /// <param name="content">Its text.</param>
    /// <param name="kind">What it is; found from path and content when null.</param>
    /// <param name="accepted">Codes of findings that stay as they are.</param>
    /// <param name="mask">What stands for a secret, by its code.</param>
    public static string Mask(string path, string content, FileKind? kind, IReadOnlyCollection<string> accepted, Func<string, string> mask)
    {
        var places = Scan(path, content, kind).Secrets.Where(place => !accepted.Contains(place.Code)).OrderBy(place => place.Start).ToList();
        if (places.Count == 0)
        {
            return content;
        }

        var masked = new StringBuilder(content.Length);
        var at = 0;
        foreach (var place in places)
        {
            // One secret may lie in another, such as a token in a password; what is masked already stays masked.
            if (place.End <= at)
            {
                continue;
            }

            if (place.Start >= at)
            {
                masked.Append(content, at, place.Start - at).Append(mask(place.Code));
            }

            at = place.End;
        }

        return masked.Append(content, at, content.Length - at).ToString();
    }

    private static Report Scan(string path, string content, FileKind? kind)
    {
        var report = new Report(path, content, kind ?? FileRecognition.KindOf(path, content), maxFindings: int.MaxValue);
        Secrets.Check(report);

        return report;
    }
}
