using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PromptStash.Stashes.Validation;

/// <summary>YAML with the places where things are written.</summary>
internal sealed partial class YamlTree
{
    /// <summary>How deep values may be nested.</summary>
    public const int MaxDepth = 32;

    /// <summary>How much YAML is read, in UTF-16 units. Front matter has a few hundred.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly int _base;
    private readonly int _length;

    private YamlTree(string yaml, int offset)
    {
        _base = offset;
        _length = yaml.Length;
    }

    /// <summary>The value; null when there is none or the text is not YAML.</summary>
    public Node? Root { get; private set; }

    public SyntaxError? Error { get; private set; }

    public List<Scalar> DuplicateKeys { get; } = [];

    /// <summary>Reads <paramref name="yaml"/>, which begins at <paramref name="offset"/> of its file.</summary>
    public static YamlTree Read(string yaml, int offset)
    {
        var tree = new YamlTree(yaml, offset);
        if (yaml.Length > MaxLength)
        {
            tree.Error = new SyntaxError(offset, $"It is longer than the {MaxLength} characters that are read.");
            return tree;
        }

        try
        {
            tree.Read(new Parser(new StringReader(yaml)));
        }
        catch (YamlException exception)
        {
            tree.Fail(exception.Start, exception.InnerException?.Message ?? exception.Message);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser's own slips over odd input. To the reader it is the same: this is not YAML.
            tree.Error = new SyntaxError(offset, "It is not YAML that can be read.");
        }

        if (tree.Error is not null)
        {
            tree.Root = null;
        }

        return tree;
    }

    private void Read(Parser parser)
    {
        var open = new Stack<Open>();
        while (Error is null && parser.MoveNext())
        {
            switch (parser.Current)
            {
                case DocumentStart when Root is not null:
                    Fail(parser.Current.Start, "A second document begins here.");
                    return;
                case AnchorAlias alias:
                    // An alias of an alias of an alias grows without end, and no agent's front matter needs one.
                    Fail(alias.Start, "YAML aliases (*name) are not read.");
                    return;
                case MappingStart or SequenceStart:
                    if (open.Count == MaxDepth)
                    {
                        Fail(parser.Current.Start, $"It is nested deeper than {MaxDepth} levels.");
                        return;
                    }

                    open.Push(new Open(At(parser.Current.Start), parser.Current is MappingStart));
                    break;
                case MappingEnd or SequenceEnd:
                    var closed = open.Pop();
                    var end = Math.Max(closed.Start, At(parser.Current.End));
                    Add(open, closed.IsMapping ? new Mapping(closed.Start, end, closed.Entries) : new Sequence(closed.Start, end, closed.Items));
                    break;
                case YamlDotNet.Core.Events.Scalar scalar:
                    var isPlain = scalar.Style == ScalarStyle.Plain;
                    Add(open, new Scalar(At(scalar.Start), At(scalar.End), scalar.Value, isPlain ? TypeOf(scalar.Value) : ScalarType.Text, !isPlain));
                    break;
            }
        }
    }

    private void Add(Stack<Open> open, Node node)
    {
        if (!open.TryPeek(out var parent))
        {
            Root ??= node;
        }
        else if (!parent.IsMapping)
        {
            parent.Items.Add(node);
        }
        else if (parent.Key is { } key)
        {
            parent.Entries.Add(new Entry(key, node));
            parent.Key = null;
        }
        else if (node is Scalar name)
        {
            parent.Key = name;
            if (!parent.Keys.Add(name.Value))
            {
                DuplicateKeys.Add(name);
            }
        }
        else
        {
            Error = new SyntaxError(node.Start, "A list or a map is used as a key.");
        }
    }

    private void Fail(Mark at, string message) => Error = new SyntaxError(At(at), message);

    private int At(Mark mark) => _base + (int)Math.Clamp(mark.Index, 0, _length);

    /// <summary>YAML 1.2's core schema, which Claude Code's parser keeps to.</summary>
    private static ScalarType TypeOf(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarType.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarType.Boolean,
        _ => plain.Length < 40 && Number().IsMatch(plain) ? ScalarType.Number : ScalarType.Text,
    };

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^0x[0-9a-fA-F]+$|^0o[0-7]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    private sealed class Open(int start, bool isMapping)
    {
        public int Start => start;
        public bool IsMapping => isMapping;
        public Scalar? Key { get; set; }
        public List<Entry> Entries { get; } = [];
        public List<Node> Items { get; } = [];
        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);
    }
}
