namespace PromptStash.Stashes.Validation;

/// <summary>Collects the findings of one file.</summary>
internal sealed class Report(string path, string text, FileKind kind, int maxFindings = Report.MaxFindings)
{
    /// <summary>
    /// How many findings a file is told of; what follows is one <see cref="FindingCodes.TooManyFindings"/>. As many of each severity are collected, so
    /// that no number of remarks that come first hides an error.
    /// </summary>
    public const int MaxFindings = 200;

    private readonly List<(int Offset, Finding Finding)>[] _findings = [[], [], []];

    /// <summary>By severity, where the first finding is that was not taken.</summary>
    private readonly int?[] _leftOut = new int?[3];

    private readonly HashSet<(int, string)> _seen = [];
    private readonly List<(int Start, int End, string? Variable)> _expanded = [];

    /// <summary>By an object and a name, how many of its keys would get that name.</summary>
    private readonly Dictionary<(int Object, string Name), int> _renames = [];

    /// <summary>The fixes that give a key another name, and which.</summary>
    private readonly Dictionary<Fix, (int Object, string Name)> _renamedBy = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public string Path => path;

    public string Text => text;

    public FileKind Kind => kind;

    public TextMap Map { get; } = new(text);

    /// <summary>There are more errors than are told, so nothing else is: whoever goes through the text may stop.</summary>
    public bool IsFull => _leftOut[(int)Severity.Error] is not null;

    public Facts Facts { get; } = new();

    /// <summary>Where the secrets are that were found.</summary>
    public List<SecretPlace> Secrets { get; } = [];

    /// <summary>There are more findings of this severity than are told: whoever looks for no graver ones may stop.</summary>
    public bool IsFullOf(Severity severity) => IsFull || _leftOut[(int)severity] is not null;

    /// <summary>Adds a finding. <paramref name="message"/> says what is written there; what comes of it is the code's.</summary>
    public void Add(FindingCode code, int offset, string message, Fix? fix = null)
    {
        if (IsFullOf(code.Severity) || !_seen.Add((offset, code.Code)))
        {
            return;
        }

        var findings = _findings[(int)code.Severity];
        if (findings.Count == maxFindings)
        {
            _leftOut[(int)code.Severity] = offset;
            return;
        }

        var (line, column) = Map.PositionOf(offset);
        findings.Add((offset, new Finding(code.Code, code.Severity, $"{message} {code.Effect}", line, column, fix)));
    }

    /// <summary>Adds a finding about where the file lies, one of a code: it stands before what is wrong with the text, and no edit of that mends it.</summary>
    public void AddOfPath(FindingCode code, string message) => Add(code, -1, message);

    /// <summary>Adds a secret, which ends where the mask of it does.</summary>
    public void AddSecret(FindingCode code, int start, int end, string message, Fix? fix = null)
    {
        Secrets.Add(new SecretPlace(code.Code, start, end));
        Add(code, start, message, fix);
    }

    public void Add(FindingCode code, Node at, string message, Fix? fix = null) => Add(code, at.Start, message, fix);

    /// <summary>Where the value of a scalar is written as it is, without escapes or folds; null where it is not.</summary>
    public int? PlaceOf(Scalar scalar)
    {
        var start = scalar.Start + (scalar.Quoted ? 1 : 0);

        return start + scalar.Value.Length <= text.Length && text.AsSpan(start, scalar.Value.Length).SequenceEqual(scalar.Value) ? start : null;
    }

    /// <summary>A fix that writes another word in place of a scalar's value; none where the value is not written as it is.</summary>
    public Fix? Rewrite(Scalar scalar, string value) =>
        PlaceOf(scalar) is { } place ? Fix.Replace($"Change to {value}", place, scalar.Value.Length, value) : null;

    /// <summary>
    /// A fix that gives a key another name. None where the object has that name already, and none in the end where another key would get it too:
    /// which of them is meant nobody knows, and twice it must not be there.
    /// </summary>
    public Fix? Rename(Mapping fields, Scalar key, string name)
    {
        if (fields.Has(name) || Rewrite(key, name) is not { } fix)
        {
            return null;
        }

        _renames[(fields.Start, name)] = _renames.GetValueOrDefault((fields.Start, name)) + 1;
        _renamedBy.Add(fix, (fields.Start, name));

        return fix;
    }

    /// <summary>Says that Claude Code expands <c>${NAME}</c> in this value, which is called <paramref name="variable"/> where it has a name of its own.</summary>
    public void AddExpanded(Scalar value, string? variable)
    {
        if (PlaceOf(value) is { } start)
        {
            _expanded.Add((start, start + value.Value.Length, variable));
        }
    }

    /// <summary>A fix that takes a variable in place of a secret; none where no variable would be expanded.</summary>
    public Fix? VariableFix(int start, int end, string name)
    {
        var value = IsFull ? default : _expanded.FirstOrDefault(value => value.Start <= start && end <= value.End);
        if (value.End == 0)
        {
            return null;
        }

        // Two secrets never share a variable, whatever their names.
        var secret = text[start..end];
        var wanted = value.Variable is { } own && value.Start == start && value.End == end ? own : name;
        var variable = wanted;
        for (var number = 2; !_variables.TryAdd(variable, secret) && _variables[variable] != secret; number++)
        {
            variable = $"{wanted}_{number}";
        }

        return Fix.Replace($"Take it from ${{{variable}}}", start, end - start, $"${{{variable}}}");
    }

    /// <summary>The findings in the order of the text. Of more than are told it is the gravest, and of one severity the first.</summary>
    public IReadOnlyList<Finding> Findings()
    {
        var gravestFirst = _findings.SelectMany(InOrder).ToList();
        var told = InOrder(gravestFirst.Take(maxFindings)).Select(found => WithFixThatIsSafe(found.Finding));
        var leftOut = _leftOut.Concat(gravestFirst.Skip(maxFindings).Select(found => (int?)found.Offset)).Min();
        if (leftOut is not { } offset)
        {
            return [.. told];
        }

        var (line, column) = Map.PositionOf(offset);
        var code = FindingCodes.TooManyFindings;

        return [.. told, new Finding(code.Code, code.Severity, $"The file has more than {MaxFindings} findings. {code.Effect}", line, column, Fix: null)];
    }

    private Finding WithFixThatIsSafe(Finding finding) =>
        finding.Fix is { } fix && _renamedBy.TryGetValue(fix, out var rename) && _renames[rename] > 1 ? finding with { Fix = null } : finding;

    private static IEnumerable<(int Offset, Finding Finding)> InOrder(IEnumerable<(int Offset, Finding Finding)> findings) =>
        findings.OrderBy(found => found.Offset).ThenBy(found => found.Finding.Code, StringComparer.Ordinal);

    /// <summary>The name in <paramref name="known"/> that somebody who wrote <paramref name="written"/> may have meant.</summary>
    public static string? DidYouMean(string written, IEnumerable<string> known)
    {
        var plain = Plain(written);
        var best = known.Where(name => name != written)
            .Select(name => (Name: name, Distance: Distance(plain, Plain(name))))
            .OrderBy(guess => guess.Distance)
            .FirstOrDefault();

        return best.Name is not null && best.Distance <= (plain.Length < 5 ? 0 : plain.Length < 9 ? 1 : 2) ? best.Name : null;

        static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
    }

    /// <summary>Edits from one word to the other (Levenshtein); of words that are too long to be names, their difference in length at least.</summary>
    private static int Distance(string one, string other)
    {
        if (one.Length > 40 || Math.Abs(one.Length - other.Length) > 2)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var substituted = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
