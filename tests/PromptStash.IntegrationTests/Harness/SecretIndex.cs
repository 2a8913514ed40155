using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace PromptStash.IntegrationTests;

/// <summary>What was sent to an API or handed out by one, to be found in a text whatever stands around it.</summary>
internal sealed partial class SecretIndex
{
    /// <summary>What is shorter is found everywhere.</summary>
    public const int Shortest = 12;

    /// <summary>Of a long text these many characters are looked for, at its beginning, its middle and its end: a message may hold a piece of it.</summary>
    private const int PieceLength = 24;

    /// <summary>A piece of blanks or of one letter is found everywhere, too.</summary>
    private const int FewestLetters = 6;

    /// <summary>After as many, no more are taken; a whole run has fewer.</summary>
    private const int MostPieces = 500_000;

    // Whether a piece is of a credential.
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _byBeginning = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Notes something that no telemetry may hold. Ids, times and constants are told on purpose.</summary>
    /// <param name="text">What was sent or given.</param>
    /// <param name="isCredential">A password, a token, a code: whatever else it is, nobody tells it on purpose.</param>
    public void Add(string? text, bool isCredential = false)
    {
        if (text is null || text.Length < Shortest || Guid.TryParse(text, out _) || DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _)
            || Constant.IsMatch(text))
        {
            return;
        }

        if (text.Length <= PieceLength)
        {
            AddPiece(text, isCredential);
            return;
        }

        foreach (var start in (int[])[0, (text.Length - PieceLength) / 2, text.Length - PieceLength])
        {
            AddPiece(text.Substring(start, PieceLength), isCredential);
        }
    }

    /// <summary>The first of them that a text holds, without those that are known to be told on purpose; of a credential nothing is.</summary>
    public string? FindIn(string text, Func<string, bool>? isKnown = null)
    {
        var beginnings = _byBeginning.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var at = 0; at <= text.Length - Shortest; at++)
        {
            if (beginnings.TryGetValue(text.AsSpan(at, Shortest), out var pieces))
            {
                foreach (var (piece, isCredential) in pieces)
                {
                    if (text.AsSpan(at).StartsWith(piece, StringComparison.Ordinal) && (isCredential || isKnown?.Invoke(piece) != true))
                    {
                        return piece;
                    }
                }
            }
        }

        return null;
    }

    private void AddPiece(string piece, bool isCredential)
    {
        if (piece.Distinct().Count() < FewestLetters || Count >= MostPieces || (!isCredential && PartOfId.IsMatch(piece)))
        {
            return;
        }

        var pieces = _byBeginning.GetOrAdd(piece[..Shortest], _ => new(StringComparer.Ordinal));
        if (pieces.TryAdd(piece, isCredential))
        {
            Interlocked.Increment(ref _count);
        }
        else if (isCredential)
        {
            pieces[piece] = true;
        }
    }

    /// <summary>The middle of a long text, such as an archive's list, may be that of an id in it.</summary>
    [GeneratedRegex("^[0-9a-f]{0,8}(-[0-9a-f]{4}){2,3}(-[0-9a-f]{0,12})?$")]
    private static partial Regex PartOfId { get; }

    /// <summary>Values of enums, and scopes: words of the API's own, which statements hold too.</summary>
    [GeneratedRegex("^([A-Z_]+|[a-z]+:[a-z]+)$")]
    private static partial Regex Constant { get; }
}
