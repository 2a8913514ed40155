namespace PromptStash.Stashes.Validation;

/// <summary>What a scalar is in JSON and in YAML's core schema.</summary>
internal enum ScalarType
{
    Text,
    Number,
    Boolean,
    Null,
}

/// <summary>A value of a JSON or YAML text, with the place where it is written.</summary>
/// <param name="Start">Where it begins, in UTF-16 units from the beginning of the file.</param>
/// <param name="End">Where it ends, exclusive.</param>
internal abstract record Node(int Start, int End)
{
    /// <summary>The text of a scalar that is text and not blank.</summary>
    public string? Text => this is Scalar { Type: ScalarType.Text } scalar && !string.IsNullOrWhiteSpace(scalar.Value) ? scalar.Value : null;

    public bool IsNull => this is Scalar { Type: ScalarType.Null };
}

/// <param name="Quoted">Whether it is written in quotes, or as a block: then it has no plain spelling of its own in the text.</param>
internal sealed record Scalar(int Start, int End, string Value, ScalarType Type, bool Quoted) : Node(Start, End);

internal sealed record Sequence(int Start, int End, IReadOnlyList<Node> Items) : Node(Start, End);

internal sealed record Entry(Scalar Key, Node Value);

internal sealed record Mapping(int Start, int End, IReadOnlyList<Entry> Entries) : Node(Start, End)
{
    public Entry? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Value == key);

    public bool Has(string key) => this[key] is not null;
}

/// <summary>Where a text is not what its syntax demands.</summary>
internal sealed record SyntaxError(int Offset, string Message);
