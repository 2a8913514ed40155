using System.Globalization;
using Microsoft.Extensions.Options;
using PromptStash.Stashes.Data;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Search;

/// <summary>Where a page of a search ended.</summary>
internal sealed record SearchPlace(float Score, Guid FileId)
{
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Score:R} {FileId}");

    public static bool TryParse(string? key, out SearchPlace? place)
    {
        place = null;
        if (key is null)
        {
            return true;
        }

        var parts = key.Split(' ');
        if (parts.Length != 2
            || !float.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var score)
            || !Guid.TryParse(parts[1], out var fileId))
        {
            return false;
        }

        place = new SearchPlace(score, fileId);
        return true;
    }
}

/// <summary>Finds files, an owner's and those that are shared with them.</summary>
internal sealed class SearchReader(StashesDbContext db, FileComments comments, IOptions<StashesOptions> options)
{
    /// <summary>Fewer hits than this are few enough to think that something was misspelt.</summary>
    private const int FewHits = 3;

    private const int MaxGuesses = 5;

    /// <summary>
    /// How many candidates are looked at for each file that may be ranked: the index tells neither what lies in the trash nor where a path
    /// begins.
    /// </summary>
    private const int CandidatesForOne = 20;

    /// <summary>How many of the newest entries are looked through for a prefix, for each file that may be ranked.</summary>
    private const int NewestForOne = 5;

    /// <summary>How much of a text snippets are taken from, in characters: to find them, PostgreSQL parses it all.</summary>
    private const int SnippetSource = 20_000;

    public async Task<SearchResult> FindAsync(
        SearchQuery query, IReadOnlyList<SearchScope> scopes, SearchPlace? after, int limit, CancellationToken cancellationToken)
    {
        // The scores of one query are comparable wherever the files are.
        var found = new List<Ranked>();
        foreach (var scope in scopes)
        {
            found.AddRange(await RankAsync(query, scope, after, limit, cancellationToken));
        }

        found = [.. Best(found).Take(limit + 1)];
        var page = Page.Of(found, limit, hit => new SearchPlace(hit.Score, hit.Id).Key);
        var guesses = new List<Ranked>();
        foreach (var scope in after is null && found.Count < FewHits ? scopes : [])
        {
            guesses.AddRange(await GuessAsync(query, scope, found, cancellationToken));
        }

        guesses = [.. Best(guesses).Take(MaxGuesses)];
        var hits = await DescribeAsync(query, scopes[0], [.. page.Items, .. guesses], cancellationToken);

        return new SearchResult(Pick(page.Items), page.Next, Pick(guesses));

        // Deleted since it was found: it is left out.
        List<SearchHit> Pick(IEnumerable<Ranked> ranked) => [.. ranked.Select(hit => hits.GetValueOrDefault(hit.Id)).OfType<SearchHit>()];
    }

    /// <summary>As PostgreSQL orders ids: by their bytes as they are written.</summary>
    private static IEnumerable<Ranked> Best(IEnumerable<Ranked> ranked) =>
        ranked.OrderByDescending(hit => hit.Score).ThenByDescending(hit => hit.Id.ToString(), StringComparer.Ordinal);

    /// <summary>Name above description above front matter above body: no number of mentions in a lower one outweighs a higher one.</summary>
    private Task<List<Ranked>> RankAsync(
        SearchQuery query, SearchScope scope, SearchPlace? after, int limit, CancellationToken cancellationToken)
    {
        var statement = new SearchStatement(query, scope, withTerms: true);
        var score = statement.Wanted is { } wanted ? $"ts_rank('{{{{0.1, 0.2, 0.4, 1.0}}}}'::real[], s.vector, {wanted})" : "0::real";
        var beyond = after is null ? "" : $"WHERE (score, id) < ({statement.Add(after.Score)}, {statement.Add(after.FileId)})";

        return db.Database
            .SqlQuery<Ranked>(statement.ToSql(
                $"""
                SELECT id, score
                FROM (
                    SELECT s.file_id AS id, {score} AS score
                    FROM (
                        {Candidates(query, statement)}
                        ORDER BY place DESC
                        LIMIT {statement.Add(options.Value.SearchWindow * CandidatesForOne)}) AS s
                    WHERE {statement.FileConditions}
                    ORDER BY s.place DESC
                    LIMIT {statement.Add(options.Value.SearchWindow)}) AS ranked
                {beyond}
                ORDER BY score DESC, id DESC
                LIMIT {statement.Add(limit + 1)}
                """))
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The entries that answer to a query, to be put in order and cut off. PostgreSQL either walks the newest entries until there are enough,
    /// or has the index of words name all; it chooses by how many it expects, and of a prefix it expects thousands where there are none. So
    /// for a prefix the newest are looked through first, and only if not enough of them answer is the index asked.
    /// </summary>
    private string Candidates(SearchQuery query, SearchStatement statement)
    {
        if (!query.Terms.Any(term => term.Kind == SearchTermKind.Prefix && !term.Excluded))
        {
            return $"SELECT s.file_id, uuid_send(s.file_id) AS place, s.vector FROM stashes.file_search AS s WHERE {statement.Conditions}";
        }

        var window = statement.Add(options.Value.SearchWindow);
        return $"""
            WITH newest AS MATERIALIZED (
                SELECT s.file_id, s.place
                FROM (
                    SELECT *, uuid_send(file_id) AS place FROM stashes.file_search
                    WHERE owner_id {statement.Owned} ORDER BY place DESC LIMIT {window} * {NewestForOne}) AS s
                WHERE {statement.Conditions}),
            matches AS MATERIALIZED (
                SELECT s.file_id, uuid_send(s.file_id) AS place FROM stashes.file_search AS s
                WHERE {statement.Conditions} AND (SELECT count(*) FROM newest) < {window})
            SELECT m.file_id, m.place, (SELECT v.vector FROM stashes.file_search AS v WHERE v.file_id = m.file_id) AS vector
            FROM (SELECT * FROM newest UNION SELECT * FROM matches) AS m
            """;
    }

    /// <summary>Files with names that nearly say what was asked for, by the three-letter sequences that both have.</summary>
    private Task<List<Ranked>> GuessAsync(SearchQuery query, SearchScope scope, List<Ranked> found, CancellationToken cancellationToken)
    {
        var words = SearchQuery.Words(string.Join(' ', query.Terms.Where(term => !term.Excluded).Select(term => term.Text)));
        if (words.Length == 0)
        {
            return Task.FromResult(new List<Ranked>());
        }

        var statement = new SearchStatement(query, scope, withTerms: false);
        var asked = statement.Add(words);
        var sql = statement.ToSql(
            $"""
            SELECT s.file_id AS id, public.word_similarity({asked}, s.name) AS score
            FROM stashes.file_search AS s
            WHERE {asked} OPERATOR(public.<%) s.name AND s.file_id <> ALL ({statement.Add(found.Select(hit => hit.Id).ToArray())})
                AND {statement.Conditions} AND {statement.FileConditions}
            ORDER BY score DESC, id DESC
            LIMIT {statement.Add(MaxGuesses)}
            """);

        // The threshold is a setting, and for this transaction only: behind PgBouncer a session's setting would be the next client's.
        // Two letters that changed places in a word of eight leave a similarity of 0.38.
        return db.InTransactionAsync(
            async (_, cancelled) =>
            {
                await db.Database.ExecuteSqlAsync($"SELECT set_config('pg_trgm.word_similarity_threshold', '0.35', true)", cancelled);

                return await db.Database.SqlQuery<Ranked>(sql).ToListAsync(cancelled);
            },
            committed: _ => Task.FromResult<List<Ranked>?>(null),
            cancellationToken);
    }

    private async Task<Dictionary<Guid, SearchHit>> DescribeAsync(
        SearchQuery query, SearchScope scope, IReadOnlyList<Ranked> ranked, CancellationToken cancellationToken)
    {
        if (ranked.Count == 0)
        {
            return [];
        }

        var ids = ranked.Select(hit => hit.Id).ToArray();
        var files = await db.Files.Where(f => ids.Contains(f.Id) && f.DeletedAt == null && f.Stash.DeletedAt == null).Select(FileSummary.Projection).ToListAsync(cancellationToken);
        files = await comments.AddAsync(files, cancellationToken);
        var snippets = await SnippetsAsync(query, scope, ids, cancellationToken);
        var scores = ranked.ToDictionary(hit => hit.Id, hit => hit.Score);

        return files.ToDictionary(file => file.Id, file => new SearchHit(file, scores[file.Id], [.. snippets[file.Id]]));
    }

    private async Task<ILookup<Guid, SearchSnippet>> SnippetsAsync(SearchQuery query, SearchScope scope, Guid[] ids, CancellationToken cancellationToken)
    {
        var statement = new SearchStatement(query, scope, withTerms: true);
        var wanted = statement.Wanted ?? "''::tsquery";
        var marks = statement.Add($"{SnippetMarks.Start}{SnippetMarks.Stop}{SnippetMarks.Between}{SnippetMarks.LessThan}<");
        var instead = statement.Add($"    {SnippetMarks.LessThan}");
        var selectors = $"StartSel={SnippetMarks.Start}, StopSel={SnippetMarks.Stop}, FragmentDelimiter={SnippetMarks.Between}";
        var parts = statement.Add($"{selectors}, MaxFragments=3, MaxWords=24, MinWords=8");
        var rows = await db.Database
            .SqlQuery<Marked>(statement.ToSql(
                $"""
                SELECT f.id,
                       ts_headline('pg_catalog.english', translate(COALESCE(f.description, ''), {marks}, {instead}), {wanted}, {parts}) AS description,
                       ts_headline('pg_catalog.english', translate(left(f.content, {statement.Add(SnippetSource)}), {marks}, {instead}), {wanted}, {parts}) AS content
                FROM stashes.files AS f
                WHERE f.id = ANY ({statement.Add(ids)})
                """))
            .ToListAsync(cancellationToken);

        return rows
            .SelectMany(row => SnippetMarks.Read("description", row.Description).Concat(SnippetMarks.Read("content", row.Content)), (row, snippet) => (row.Id, snippet))
            .ToLookup(pair => pair.Id, pair => pair.snippet);
    }

    private sealed record Ranked(Guid Id, float Score);

    private sealed record Marked(Guid Id, string Description, string Content);
}
