using System.Buffers;
using System.Text;
using System.Text.Json;

namespace PromptStash.Stashes.Validation;

/// <summary>JSON with the places where things are written. Comments and trailing commas are read, and told.</summary>
internal sealed class JsonTree
{
    /// <summary>How deep values may be nested.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many values are looked at. A configuration has a few hundred; beyond this a file is data.</summary>
    public const int MaxNodes = 200_000;

    private readonly string _text;
    private readonly byte[] _bytes;
    private readonly int _charBase;
    private int _byteCursor;
    private int _charCursor;
    private int _nodes;

    private JsonTree(string text)
    {
        _text = text;
        _charBase = text.StartsWith('\uFEFF') ? 1 : 0;
        _bytes = Encoding.UTF8.GetBytes(text, _charBase, text.Length - _charBase);
        _charCursor = _charBase;
    }

    /// <summary>The value; what was read of it when the text breaks off; null when there is nothing.</summary>
    public Node? Root { get; private set; }

    public SyntaxError? Error { get; private set; }

    /// <summary>The text holds more than <see cref="MaxNodes"/> values.</summary>
    public bool IsTooLarge { get; private set; }

    public List<(int Start, int End)> Comments { get; } = [];

    public List<int> TrailingCommas { get; } = [];

    public List<Scalar> DuplicateKeys { get; } = [];

    public static JsonTree Read(string text)
    {
        var tree = new JsonTree(text);
        tree.Read();

        return tree;
    }

    private void Read()
    {
        var reader = new Utf8JsonReader(_bytes, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Allow, MaxDepth = MaxDepth });
        var open = new Stack<Open>();
        var previousEnd = 0;
        int? comma = null;
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                if (start > previousEnd && _bytes.AsSpan(previousEnd, start - previousEnd).IndexOf((byte)',') is >= 0 and var found)
                {
                    comma = previousEnd + found;
                }

                previousEnd = (int)reader.BytesConsumed;
                if (reader.TokenType == JsonTokenType.Comment)
                {
                    Comments.Add((CharAt(start), CharAt(previousEnd)));
                    continue;
                }

                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    if (comma is { } at)
                    {
                        TrailingCommas.Add(at);
                    }

                    comma = null;
                    Close(open, CharAt(previousEnd));
                    continue;
                }

                comma = null;
                Take(ref reader, open, CharAt(start), CharAt(previousEnd));
                if (++_nodes > MaxNodes)
                {
                    IsTooLarge = true;
                    break;
                }
            }
        }
        catch (JsonException exception)
        {
            Error = new SyntaxError(OffsetOf(exception), Describe(exception));
        }

        while (open.Count > 0)
        {
            Close(open, _text.Length);
        }

        // The commas were kept as bytes, because they come before what the cursor had passed.
        _byteCursor = 0;
        _charCursor = _charBase;
        for (var i = 0; i < TrailingCommas.Count; i++)
        {
            TrailingCommas[i] = CharAt(TrailingCommas[i]);
        }
    }

    private void Take(ref Utf8JsonReader reader, Stack<Open> open, int start, int end)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                open.Push(new Open(start, reader.TokenType == JsonTokenType.StartObject));
                break;
            case JsonTokenType.PropertyName:
                // The token goes on to the colon; the name ends with its closing quote.
                open.Peek().Key = new Scalar(start, start + 2 + Utf16Length(reader.ValueSpan), TextOf(ref reader), ScalarType.Text, Quoted: true);
                break;
            case JsonTokenType.String:
                Add(open, new Scalar(start, end, TextOf(ref reader), ScalarType.Text, Quoted: true));
                break;
            default:
                var type = reader.TokenType switch
                {
                    JsonTokenType.Number => ScalarType.Number,
                    JsonTokenType.Null => ScalarType.Null,
                    _ => ScalarType.Boolean,
                };
                Add(open, new Scalar(start, end, Encoding.UTF8.GetString(reader.ValueSpan), type, Quoted: false));
                break;
        }
    }

    private static int Utf16Length(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetCharCount(utf8);

    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // "\ud800" is half a character: JSON may spell it, and no text holds it. As it is spelled it still names its place.
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    private void Close(Stack<Open> open, int end)
    {
        var closed = open.Pop();
        Add(open, closed.IsObject ? new Mapping(closed.Start, end, closed.Entries) : new Sequence(closed.Start, end, closed.Items));
    }

    private void Add(Stack<Open> open, Node node)
    {
        if (!open.TryPeek(out var parent))
        {
            Root ??= node;
        }
        else if (!parent.IsObject)
        {
            parent.Items.Add(node);
        }
        else if (parent.Key is { } key)
        {
            if (!parent.Keys.Add(key.Value))
            {
                DuplicateKeys.Add(key);
            }

            parent.Entries.Add(new Entry(key, node));
            parent.Key = null;
        }
    }

    /// <summary>Where a byte is in the text. Bytes are asked for in rising order, so that the whole text is counted once.</summary>
    private int CharAt(int index)
    {
        if (index > _byteCursor)
        {
            _charCursor += Encoding.UTF8.GetCharCount(_bytes, _byteCursor, index - _byteCursor);
            _byteCursor = index;
        }

        return _charCursor;
    }

    private int OffsetOf(JsonException exception)
    {
        var line = exception.LineNumber ?? 0;
        var start = 0;
        for (; line > 0; line--)
        {
            start += _bytes.AsSpan(start).IndexOf((byte)'\n') + 1;
        }

        var index = (int)Math.Min(start + (exception.BytePositionInLine ?? 0), _bytes.Length);

        // A byte inside a character counts as the character.
        while (index > 0 && index < _bytes.Length && (_bytes[index] & 0xC0) == 0x80)
        {
            index--;
        }

        return _charBase + Encoding.UTF8.GetCharCount(_bytes, 0, index);
    }

    /// <summary>The parser's words without its own account of the place.</summary>
    private static string Describe(JsonException exception)
    {
        var place = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);

        return place > 0 ? exception.Message[..place] : exception.Message;
    }

    private sealed class Open(int start, bool isObject)
    {
        public int Start => start;
        public bool IsObject => isObject;
        public Scalar? Key { get; set; }
        public List<Entry> Entries { get; } = [];
        public List<Node> Items { get; } = [];
        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);
    }
}
