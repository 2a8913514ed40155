using System.Globalization;
using System.Text.RegularExpressions;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Versions;

/// <summary>How a reader asks for a version: by its number, by a label such as <c>stable</c>, or as <c>latest</c>.</summary>
internal static partial class VersionName
{
    public const string Latest = "latest";
    public const string Description = "A version's number, a label such as 'stable', or 'latest'.";

    /// <summary>Whether a label may have this name: none that could be taken for a number or for <see cref="Latest"/>.</summary>
    public static bool IsLabel(string name) =>
        name.Length <= FileLabel.NameMaxLength && name != Latest && LabelPattern().IsMatch(name) && !name.All(char.IsAsciiDigit);

    /// <summary>Whether the text could name a version; if not, the reader is told so instead of that there is none.</summary>
    public static bool IsValid(string? name) => name is null or Latest || IsNumber(name) || IsLabel(name);

    /// <summary>The problem of a name that is none.</summary>
    public static ValidationProblem Invalid(string field) => Problems.Invalid(field, "Give a version's number, a label's name, or 'latest'.");

    /// <summary>
    /// The number of the version that a name stands for; null when there is none. <see cref="Latest"/> and no name at all stand for
    /// <paramref name="current"/>. The caller has seen to it that the file may be read.
    /// </summary>
    public static async Task<int?> FindAsync(this StashesDbContext db, Guid fileId, string? name, int current, CancellationToken cancellationToken)
    {
        if (name is null or Latest)
        {
            return current;
        }

        if (IsNumber(name))
        {
            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= current ? number : null;
        }

        return await db.FileLabels
            .Where(l => l.FileId == fileId && l.Name == name)
            .Select(l => (int?)l.Version)
            .SingleOrDefaultAsync(cancellationToken);
    }

    private static bool IsNumber(string name) => name.Length > 0 && name.All(char.IsAsciiDigit);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelPattern();
}
