using System.Globalization;
using System.Text.RegularExpressions;

namespace PromptStash.Deployment.Tests;

/// <summary>README.md promises one table of all settings and one of all limits; operators size their machines by it.</summary>
public sealed partial class TheReadme
{
    /// <summary>The rows of both tables: the settings that each names, and its text without them.</summary>
    private static readonly List<(List<string> Settings, string Text)> Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "README.md"))
            .SkipWhile(line => line != "## Configuration")
            .TakeWhile(line => line != "### LocalHost")
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(row => (SettingsIn(row).ToList(), Setting.Replace(row, ""))),
    ];

    [Fact]
    public void Names_settings_that_there_are()
    {
        var named = Rows.SelectMany(row => row.Settings).ToList();

        Assert.True(named.Count > 80, $"Only {named.Count} settings were found.");
        Assert.Equal([], named.Where(setting => !Settings.Has(setting)));
    }

    [Fact]
    public void Names_every_number_and_duration_that_can_be_set()
    {
        var named = Rows.SelectMany(row => row.Settings).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], Settings.Limits.Keys.Where(setting => !named.Contains(setting)));
    }

    [Fact]
    public void Tells_the_default_of_each()
    {
        Assert.Equal([], Rows.SelectMany(row => row.Settings
            .Where(setting => Settings.Limits.TryGetValue(setting, out var value) && !Spellings(value).Any(spelling => Tells(row.Text, spelling)))
            .Select(setting => $"{setting} is {Spellings(Settings.Limits[setting])[^1]}: {row.Text}")));
    }

    private static bool Tells(string text, string value) => Regex.IsMatch(text, $@"(?<![\d,.]){Regex.Escape(value)}(?![\d,.]*\d)", RegexOptions.CultureInvariant);

    /// <summary>How a value may be written; 0 stands for what the machine decides.</summary>
    private static List<string> Spellings(object value) => value switch
    {
        0 => [""],
        TimeSpan time => [.. Units(time).Where(unit => unit.Number == Math.Truncate(unit.Number) && unit.Number > 0).Select(unit => $"{unit.Number:0} {unit.Name}")],
        _ => [.. SizesOf(Convert.ToInt64(value, CultureInfo.InvariantCulture))],
    };

    private static IEnumerable<(double Number, string Name)> Units(TimeSpan time) =>
        [(time.TotalDays, "day"), (time.TotalHours, "hour"), (time.TotalMinutes, "min"), (time.TotalSeconds, "s"), (time.TotalMilliseconds, "ms")];

    private static IEnumerable<string> SizesOf(long value) =>
    [
        value.ToString("N0", CultureInfo.InvariantCulture),
        .. from unit in new[] { (Bytes: 1L << 10, Name: "KiB"), (Bytes: 1L << 20, Name: "MiB"), (Bytes: 1L << 30, Name: "GiB") }
           where value >= unit.Bytes && value % unit.Bytes == 0
           select $"{value / unit.Bytes} {unit.Name}",
    ];

    /// <summary>In full, or with an ellipsis for what it has in common with the one before it.</summary>
    private static IEnumerable<string> SettingsIn(string row)
    {
        var parent = "";
        foreach (var setting in Setting.Matches(row).Select(match => match.Groups["name"].Value))
        {
            if (setting.StartsWith('…') && parent.Length == 0)
            {
                // Of a variable of the platform's.
                continue;
            }

            var name = setting.StartsWith('…') ? parent + setting[1..] : setting;
            parent = name[..(name.LastIndexOf("__", StringComparison.Ordinal) + 2)];

            yield return name;
        }
    }

    [GeneratedRegex(@"`(?<name>(?:[A-Z][A-Za-z]+__|…)[A-Za-z][\w-]*)`")]
    private static partial Regex Setting { get; }
}
