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

    /// <summary>How like a name has to be, as PostgreSQL's setting has it: two letters that changed places in a word of eight leave 0.38.</summary>
    private const string Like = "0.35";

    /// <summary>One letter amiss in a word of eight, or in any word of several.</summary>
    private const string VeryLike = "0.6";

    /// <summary>
    /// How many candidates are looked at for each file that may be ranked: the index tells neither what lies in the trash nor where a path
    /// begins.
    /// </summary>
    private const int CandidatesForOne = 20;

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
        if (after is null && found.Count < FewHits && Misspelt(query, found) is { } misspelt)
        {
            foreach (var scope in scopes)
            {
                guesses.AddRange(await GuessAsync(misspelt, query, scope, found, cancellationToken));
            }
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
                SELECT id, score, name
                FROM ({Candidates(query, scope, statement, $"s.file_id AS id, {score} AS score, s.name")}) AS ranked
                {beyond}
                ORDER BY score DESC, id DESC
                LIMIT {statement.Add(limit + 1)}
                """))
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The newest files that answer to a query. PostgreSQL would either walk an owner's newest entries until there are enough, which is quickest
    /// for what many files say, or have the indexes of words and fields name all that answer, which is quickest for what few say; it chooses by
    /// how many it expects, and that is seldom near. So some of the newest are looked at to know. If too few of those that are then walked
    /// answer, the indexes are asked after all. With a tag or below a path there are few files already, and PostgreSQL begins with these.
    /// </summary>
    private string Candidates(SearchQuery query, SearchScope scope, SearchStatement statement, string ranked)
    {
        var window = statement.Add(options.Value.SearchWindow);
        var most = statement.Add(options.Value.SearchWindow * CandidatesForOne);
        if (scope is not { Owners: [_], Given: null } || query.Filters.Any(filter => filter is { Name: "tag" or "path", Excluded: false }))
        {
            return $"""
                SELECT {ranked}
                FROM (
                    SELECT s.file_id
                    FROM (
                        SELECT s.file_id, uuid_send(s.file_id) AS place FROM stashes.file_search AS s
                        WHERE {statement.Conditions} ORDER BY place DESC LIMIT {most}) AS s
                    WHERE {statement.FileConditions}
                    ORDER BY s.place DESC
                    LIMIT {window}) AS m
                JOIN stashes.file_search AS s ON s.file_id = m.file_id
                """;
        }

        // What the file decides is asked of the sample only where few may pass: of what all files have, a sample of the index tells enough.
        var thinned = query.Filters.Any(filter => filter.Name is "scope" or "since" or "path" or "tag") ? $" AND {statement.FileConditions}" : "";

        return $"""
            WITH sample AS MATERIALIZED (
                SELECT count(*) * {CandidatesForOne} >= {window} AS many
                FROM ({Newest(window)}) AS s
                WHERE {statement.Conditions}{thinned}),
            newest AS MATERIALIZED (
                SELECT {ranked}
                FROM ({Newest(most)}) AS s
                WHERE (SELECT many FROM sample) AND {statement.Conditions} AND {statement.FileConditions}
                ORDER BY s.place DESC
                LIMIT {window}),
            enough AS MATERIALIZED (SELECT count(*) >= {window} AS yes FROM newest),
            matches AS MATERIALIZED (
                SELECT s.file_id, uuid_send(s.file_id) AS place FROM stashes.file_search AS s
                WHERE NOT (SELECT yes FROM enough) AND {statement.Conditions})
            SELECT n.id, n.score, n.name FROM newest AS n WHERE (SELECT yes FROM enough)
            UNION ALL
            SELECT {ranked}
            FROM (
                SELECT s.file_id
                FROM (SELECT m.file_id, m.place FROM matches AS m ORDER BY m.place DESC LIMIT {most}) AS s
                WHERE {statement.FileConditions}
                ORDER BY s.place DESC
                LIMIT {window}) AS m
            JOIN stashes.file_search AS s ON s.file_id = m.file_id
            """;

        string Newest(string count) =>
            $"SELECT *, uuid_send(file_id) AS place FROM stashes.file_search WHERE owner_id {statement.Owned} ORDER BY place DESC LIMIT {count}";
    }

    /// <summary>
    /// What may be misspelt, of a query that found this; null if nothing: no letter is amiss where there is none, or where a name says it all.
    /// </summary>
    private static string? Misspelt(SearchQuery query, List<Ranked> found)
    {
        var words = query.WantedWords;
        var asked = words.Split(' ');

        return words.Any(char.IsLetter) && !found.Exists(hit => asked.All(word => SearchQuery.Words(hit.Name).Split(' ').Contains(word, StringComparer.OrdinalIgnoreCase)))
            ? words
            : null;
    }

    /// <summary>
    /// Files with names that nearly say what was asked for, by the three-letter sequences that both have. First those that are very like it:
    /// names that have one word in common, such as a counted series, are all a little like each other, and there may be very many.
    /// </summary>
    private async Task<List<Ranked>> GuessAsync(
        string words, SearchQuery query, SearchScope scope, List<Ranked> found, CancellationToken cancellationToken)
    {
        var statement = new SearchStatement(query, scope, withTerms: false);
        var asked = statement.Add(words);
        var sql = statement.ToSql(
            $"""
            SELECT s.file_id AS id, public.word_similarity({asked}, s.name) AS score, s.name
            FROM (
                SELECT s.file_id, s.name FROM stashes.file_search AS s
                WHERE {asked} OPERATOR(public.<%) s.name AND s.file_id <> ALL ({statement.Add(found.Select(hit => hit.Id).ToArray())}) AND {statement.Conditions}
                LIMIT {statement.Add(options.Value.SearchWindow)}) AS s
            WHERE {statement.FileConditions}
            ORDER BY score DESC, id DESC
            LIMIT {statement.Add(MaxGuesses)}
            """);

        // The threshold is a setting, and for this transaction only: behind PgBouncer a session's setting would be the next client's.
        return await db.InTransactionAsync(
            async (_, cancelled) =>
            {
                var guesses = await AtLeastAsync(VeryLike, cancelled);

                return guesses.Count < MaxGuesses ? await AtLeastAsync(Like, cancelled) : guesses;
            },
            committed: _ => Task.FromResult<List<Ranked>?>(null),
            cancellationToken);

        async Task<List<Ranked>> AtLeastAsync(string similarity, CancellationToken cancelled)
        {
            await db.Database.ExecuteSqlAsync($"SELECT set_config('pg_trgm.word_similarity_threshold', {similarity}, true)", cancelled);

            return await db.Database.SqlQuery<Ranked>(sql).ToListAsync(cancelled);
        }
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
        var marks = statement.Add($"{SnippetMarks.Start}{SnippetMarks.Stop}{SnippetMarks.Between}{SnippetMarks.Apart}{SnippetMarks.LessThan}<");
        var instead = statement.Add($"     {SnippetMarks.LessThan}");
        var apart = statement.Add($"{SnippetMarks.Apart}");
        var selectors = $"StartSel={SnippetMarks.Start}, StopSel={SnippetMarks.Stop}, FragmentDelimiter={SnippetMarks.Between}";
        var parts = statement.Add($"{selectors}, MaxFragments=3, MaxWords=24, MinWords=8, ShortWord=2");
        var rows = await db.Database
            .SqlQuery<Marked>(statement.ToSql(
                $"""
                SELECT f.id,
                       ts_headline('pg_catalog.english', stashes.set_apart(translate(COALESCE(f.description, ''), {marks}, {instead}), {apart}), {wanted}, {parts}) AS description,
                       ts_headline('pg_catalog.english', stashes.set_apart(translate(left(f.content, {statement.Add(SnippetSource)}), {marks}, {instead}), {apart}), {wanted}, {parts}) AS content
                FROM stashes.files AS f
                WHERE f.id = ANY ({statement.Add(ids)})
                """))
            .ToListAsync(cancellationToken);

        return rows
            .SelectMany(row => SnippetMarks.Read("description", row.Description).Concat(SnippetMarks.Read("content", row.Content)), (row, snippet) => (row.Id, snippet))
            .ToLookup(pair => pair.Id, pair => pair.snippet);
    }

    private sealed record Ranked(Guid Id, float Score, string Name);

    private sealed record Marked(Guid Id, string Description, string Content);
}
