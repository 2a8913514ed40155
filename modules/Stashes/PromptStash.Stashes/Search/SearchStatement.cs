using System.Globalization;
using System.Runtime.CompilerServices;

namespace PromptStash.Stashes.Search;

/// <summary>
/// Makes SQL of a query. Only fixed pieces are put together; everything that a user wrote is a parameter, and becomes part of a text query
/// through PostgreSQL's functions for that, which take any text for words.
/// </summary>
internal sealed class SearchStatement
{
    private static readonly string[] OfTheFile = ["tag", "path", "scope", "since"];

    private readonly List<object> _values = [];
    private readonly List<string> _conditions = [];
    private readonly List<string> _fileConditions = ["f.deleted_at IS NULL"];

    public SearchStatement(SearchQuery query, SearchScope scope, bool withTerms)
    {
        Owned = scope.Owners is [var owner] ? $"= {Add(owner)}" : $"= ANY ({Add(scope.Owners)})";
        _conditions.Add($"s.owner_id {Owned}");
        _fileConditions.Add($"f.stash_id IN (SELECT st.id FROM stashes.stashes AS st WHERE st.user_id {Owned} AND st.deleted_at IS NULL)");

        if (scope.Stashes is not null)
        {
            _conditions.Add($"s.fields && {Add(Array.ConvertAll(scope.Stashes, stash => $"stash:{stash}"))}");
        }

        if (scope.Given is { } given)
        {
            _fileConditions.Add($"(f.stash_id = ANY ({Add(given.Stashes)}) OR f.folder_id IS NOT NULL AND f.folder_id = ANY ({Add(given.Folders)}) OR f.id = ANY ({Add(given.Files)}))");
        }

        AddFields(query);
        foreach (var filter in query.Filters.Where(filter => filter.Name is "tag" or "path"))
        {
            // IN, so that PostgreSQL may begin with the few files that have the tag or lie there; NOT IN could not be turned around anyway.
            var found = filter.Name == "tag"
                ? $"SELECT ft.file_id FROM stashes.file_tags AS ft JOIN stashes.tags AS t ON t.id = ft.tag_id WHERE t.owner_id {Owned} AND lower(t.name) = lower({Add(filter.Value)})"
                : $"SELECT o.id FROM stashes.stashes AS so JOIN stashes.files AS o ON o.stash_id = so.id WHERE so.user_id {Owned} AND o.deleted_at IS NULL AND lower(o.path) ^@ lower({Add(filter.Value)})";
            if (filter.Excluded)
            {
                _fileConditions.Add($"NOT EXISTS (SELECT FROM ({found}) AS excluded (id) WHERE excluded.id = f.id)");
            }
            else
            {
                _conditions.Add($"s.file_id IN ({found})");
            }
        }

        foreach (var filter in query.Filters.Where(filter => filter.Name is "scope" or "since"))
        {
            var condition = filter.Name == "scope"
                ? $"EXISTS (SELECT FROM stashes.stashes AS sc WHERE sc.id = f.stash_id AND sc.scope::text = {Add(filter.Value)})"
                : $"f.updated_at >= {Add(DateTimeOffset.Parse(filter.Value, CultureInfo.InvariantCulture))}";
            _fileConditions.Add(filter.Excluded ? $"NOT {condition}" : condition);
        }

        if (withTerms)
        {
            AddTerms(query);
        }
    }

    /// <summary>Compares a column to the one whose files are searched, or to those.</summary>
    public string Owned { get; }

    /// <summary>What the text has to say, as a tsquery; null when the query does not ask for any.</summary>
    public string? Wanted { get; private set; }

    /// <summary>What the index of the search decides, about <c>s</c>.</summary>
    public string Conditions => string.Join(" AND ", _conditions);

    /// <summary>
    /// What the file itself decides. A subquery of one value, which PostgreSQL asks of every candidate: a join would be its choice to begin
    /// at the other end, with all files of the owner, of whose number it has no idea.
    /// </summary>
    public string FileConditions =>
        $"(SELECT {string.Join(" AND ", _fileConditions)} FROM stashes.files AS f WHERE f.id = s.file_id)";

    /// <summary>Adds a parameter and gives its placeholder.</summary>
    public string Add(object value)
    {
        _values.Add(value);

        return string.Create(CultureInfo.InvariantCulture, $"{{{_values.Count - 1}}}");
    }

    public FormattableString ToSql(string sql) => FormattableStringFactory.Create(sql, [.. _values]);

    private void AddFields(SearchQuery query)
    {
        var fields = query.Filters
            .Where(filter => !OfTheFile.Contains(filter.Name))
            .ToLookup(filter => filter.Excluded, filter => filter.Name == "kind" ? $"kind:{filter.Value}" : $"{filter.Name}={filter.Value.ToLowerInvariant()}");
        if (fields[false].Any())
        {
            _conditions.Add($"s.fields @> {Add(fields[false].ToArray())}");
        }

        if (fields[true].Any())
        {
            _conditions.Add($"NOT s.fields && {Add(fields[true].ToArray())}");
        }
    }

    private void AddTerms(SearchQuery query)
    {
        var wanted = query.Terms.Where(term => !term.Excluded).Select(Term).ToList();
        if (wanted.Count > 0)
        {
            // Words such as 'the' are in no text's vector, but in those of names: a query of nothing else is for a name.
            var words = Add(query.WantedWords);
            Wanted = $"COALESCE(NULLIF({string.Join(" && ", wanted)}, ''::tsquery), plainto_tsquery('pg_catalog.simple', {words}))";
            _conditions.Add($"s.vector @@ {Wanted}");
        }

        foreach (var term in query.Terms.Where(term => term.Excluded))
        {
            _conditions.Add($"NOT s.vector @@ {Term(term)}");
        }
    }

    private string Term(SearchTerm term)
    {
        var text = SingleCharacters.SetApart(term.Text);
        var words = SearchQuery.Words(text);

        // What ends with a character that is a word has no other words that begin with it.
        var kind = term.Kind == SearchTermKind.Prefix && SingleCharacters.EndsWithOne(words) ? SearchTermKind.Phrase : term.Kind;
        switch (kind)
        {
            case SearchTermKind.Phrase:
                return $"phraseto_tsquery('pg_catalog.english', {Add(words)})";
            case SearchTermKind.Prefix:
                // The prefix as it is, and as a word: of 'reviewe' a text that says 'reviewer' keeps no more than 'review'.
                var last = words[(words.LastIndexOf(' ') + 1)..];
                var before = words[..^last.Length].TrimEnd();
                var prefix = $"to_tsquery('pg_catalog.simple', '''' || {Add(last)} || ''':*')";
                return before.Length == 0
                    ? $"({prefix} || plainto_tsquery('pg_catalog.english', {Add(words)}))"
                    : $"(phraseto_tsquery('pg_catalog.english', {Add(before)}) && {prefix} || phraseto_tsquery('pg_catalog.english', {Add(words)}))";
            default:
                // A name is in the vector word by word, a text keeps 'code-reviewer.md' together: either will do.
                return words == term.Text
                    ? $"plainto_tsquery('pg_catalog.english', {Add(words)})"
                    : $"({(text == term.Text ? "plainto" : "phraseto")}_tsquery('pg_catalog.english', {Add(text)}) || phraseto_tsquery('pg_catalog.english', {Add(words)}))";
        }
    }
}
