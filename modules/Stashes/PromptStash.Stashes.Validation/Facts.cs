namespace PromptStash.Stashes.Validation;

/// <summary>What a file names that has to be somewhere else.</summary>
internal enum ReferenceKind
{
    Skill,
    Agent,
    Server,
    Script,
    Link,
    Import,
    Plugin,

    /// <summary>A key of settings, which only those at the root of a plugin may not have.</summary>
    Setting,
}

/// <param name="Target">A name, or a path inside the stash.</param>
internal sealed record Reference(ReferenceKind Kind, string Target, int Line, int Column);

/// <summary>What was read of a file while it was checked.</summary>
internal sealed class Facts
{
    /// <summary>How many search fields one file has at most.</summary>
    public const int MaxFields = 200;

    /// <summary>The longest value of a search field; longer ones are text, which the full-text search finds.</summary>
    public const int MaxFieldLength = 100;

    /// <summary>How many references of one file are followed.</summary>
    public const int MaxReferences = 200;

    private readonly SortedSet<string> _fields = new(StringComparer.Ordinal);
    private readonly List<Reference> _references = [];

    /// <summary>How much of a name is kept.</summary>
    public const int MaxName = 200;

    /// <summary>How much of a description is kept: more than Claude Code lists.</summary>
    public const int MaxDescription = 2000;

    private string? _name;
    private string? _description;

    public string? Name
    {
        get => _name;
        set => _name = Shown.Clean(value, MaxName);
    }

    public string? Description
    {
        get => _description;
        set => _description = Shown.Clean(value, MaxDescription);
    }

    public IReadOnlyList<string> Fields => [.. _fields];

    public IReadOnlyList<Reference> References => _references;

    public bool FollowsMore => _references.Count < MaxReferences;

    public void AddField(string key, string? value)
    {
        if (_fields.Count < MaxFields && !string.IsNullOrWhiteSpace(value) && key.Length + value.Length <= MaxFieldLength && !value.Any(char.IsControl))
        {
            _fields.Add(Shown.Clean($"{key}={value.Trim()}".ToLowerInvariant(), MaxFieldLength)!);
        }
    }

    public void AddReference(Report report, ReferenceKind kind, string target, int offset)
    {
        if (FollowsMore)
        {
            var (line, column) = report.Map.PositionOf(offset);
            _references.Add(new Reference(kind, target, line, column));
        }
    }
}
