namespace PromptStash.ServiceDefaults.Monitoring;

/// <summary>The database at a glance.</summary>
/// <param name="Server">The server's version.</param>
/// <param name="StartedAt">When the server started.</param>
/// <param name="SizeBytes">Tables, indexes and everything else of this database.</param>
/// <param name="CacheHitRatio">Blocks found in PostgreSQL's own cache, of all asked for since the statistics began: 0 to 1; absent before the first.</param>
/// <param name="Connections">Sessions of all databases of the server.</param>
/// <param name="MaxConnections">How many there may be.</param>
/// <param name="Deadlocks">Transactions that PostgreSQL ended because they waited for each other.</param>
/// <param name="Rollbacks">Transactions that were undone.</param>
/// <param name="TemporaryBytes">Written to disk because a sort or a hash did not fit into memory.</param>
/// <param name="TransactionAge">Transactions since the oldest row was last frozen; at 2 billion the server stops.</param>
public sealed record DatabaseOverview(
    string Server, DateTimeOffset StartedAt, long SizeBytes, double? CacheHitRatio, int Connections, int MaxConnections, long Deadlocks, long Rollbacks, long TemporaryBytes, int TransactionAge);

/// <summary>A statement that was run many times or long, without its values.</summary>
/// <param name="QueryId">PostgreSQL's number of it, a text because it has more digits than JavaScript's numbers.</param>
/// <param name="Operation">The operation that ran it first.</param>
/// <param name="Query">The statement; values are $1, $2.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="MeanMilliseconds">How long it took on average.</param>
/// <param name="MaxMilliseconds">How long it took at worst.</param>
/// <param name="TotalMilliseconds">How long all runs took together.</param>
/// <param name="Rows">How many rows all runs answered or changed.</param>
public sealed record SlowQuery(
    string QueryId, string? Operation, string Query, long Calls, double MeanMilliseconds, double MaxMilliseconds, double TotalMilliseconds, long Rows);

/// <summary>The slowest statements.</summary>
/// <param name="Available">Whether the server records statements.</param>
/// <param name="Hint">What to do where it does not.</param>
/// <param name="Items">The slowest first.</param>
public sealed record SlowQueries(bool Available, string? Hint, IReadOnlyList<SlowQuery> Items);

/// <summary>A table and what PostgreSQL counts about it.</summary>
/// <param name="Name">Schema and table.</param>
/// <param name="Rows">Live rows, estimated.</param>
/// <param name="DeadRows">Rows that vacuum has not taken away yet, estimated.</param>
/// <param name="TableBytes">The rows, with long values.</param>
/// <param name="IndexBytes">All its indexes.</param>
/// <param name="SequentialScans">How often it was read from end to end.</param>
/// <param name="IndexScans">How often an index was used.</param>
/// <param name="ProbablyMissesIndex">Large, and mostly read from end to end.</param>
/// <param name="LastVacuum">When dead rows were last taken away, by hand or by itself.</param>
/// <param name="LastAnalyze">When the planner's statistics were last renewed.</param>
public sealed record TableFigures(
    string Name, long Rows, long DeadRows, long TableBytes, long IndexBytes, long SequentialScans, long IndexScans, bool ProbablyMissesIndex, DateTimeOffset? LastVacuum, DateTimeOffset? LastAnalyze);

/// <summary>An index that costs writes and has served no query since the statistics began.</summary>
/// <param name="Name">Schema and index.</param>
/// <param name="Table">Schema and table.</param>
/// <param name="Bytes">Its size.</param>
public sealed record UnusedIndex(string Name, string Table, long Bytes);

/// <summary>Sessions that are alike.</summary>
/// <param name="State">active, idle, idle in transaction …</param>
/// <param name="Application">The name that the client gives itself.</param>
/// <param name="Client">Its address; absent for the server's own.</param>
/// <param name="Count">How many.</param>
/// <param name="LongestTransactionSeconds">The age of the oldest transaction among them.</param>
public sealed record ConnectionGroup(string? State, string Application, string? Client, int Count, double? LongestTransactionSeconds);

/// <summary>A session that waits for another one's lock.</summary>
/// <param name="Waiting">The process that waits.</param>
/// <param name="WaitingQuery">What it wants to run.</param>
/// <param name="WaitedSeconds">For how long; unknown where the server does not tell this role.</param>
/// <param name="Blocking">The process that it waits for.</param>
/// <param name="BlockingQuery">What that one ran last.</param>
/// <param name="BlockingState">idle in transaction: it was forgotten.</param>
public sealed record LockWait(int Waiting, string WaitingQuery, double? WaitedSeconds, int Blocking, string BlockingQuery, string? BlockingState);

/// <summary>Who is connected, and who waits for whom.</summary>
/// <param name="Groups">The largest first.</param>
/// <param name="Waits">The longest first.</param>
public sealed record Connections(IReadOnlyList<ConnectionGroup> Groups, IReadOnlyList<LockWait> Waits);

/// <summary>The modules' tables, and indexes that nobody uses.</summary>
/// <param name="Items">The largest first.</param>
/// <param name="UnusedIndexes">The largest first; those that keep something unique are of use without being read.</param>
public sealed record Tables(IReadOnlyList<TableFigures> Items, IReadOnlyList<UnusedIndex> UnusedIndexes);
