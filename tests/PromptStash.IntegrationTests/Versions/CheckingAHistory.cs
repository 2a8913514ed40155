namespace PromptStash.IntegrationTests.Versions;

/// <summary>A checker that finds nothing proves nothing, so each of its rules is broken once.</summary>
public sealed class CheckingAHistory
{
    private static readonly Guid File = Guid.Parse("019ab4c1-0f3a-7d10-8c11-5a8e2f7b9d01");

    private static readonly List<HistoryOperation> Operations =
    [
        new(1, File, 0, "r1", "h1", 0, 10, HttpStatusCode.Created, 1),
        new(1, File, 1, "r2", "h2", 20, 30, HttpStatusCode.OK, 2),
        new(2, File, 1, "r3", "h3", 25, 35, HttpStatusCode.PreconditionFailed, 2),
        new(2, File, 2, "r4", "h4", 40, 50, Status: null, Version: null),
        new(1, File, null, null, null, 60, 70, HttpStatusCode.OK, 2),
    ];

    private static readonly List<HistoryRow> Rows = [new(File, 1, "r1", "h1"), new(File, 2, "r2", "h2")];

    [Fact]
    public void That_is_right_finds_nothing() => Assert.Empty(HistoryChecker.Check(Operations, Rows));

    [Fact]
    public void In_which_an_unknown_write_happened_finds_nothing() => Assert.Empty(HistoryChecker.Check(Operations, [.. Rows, new(File, 3, "r4", "h4")]));

    [Fact]
    public void With_a_gap_finds_it() => AssertBroken("(1)", Operations, [Rows[0], Rows[1] with { Version = 3 }]);

    [Fact]
    public void With_a_twin_finds_it() => AssertBroken("(1)", Operations, [.. Rows, Rows[1] with { RequestId = "r4" }]);

    [Fact]
    public void That_lost_a_write_finds_it() => AssertBroken("(2)", Operations, [Rows[0]]);

    [Fact]
    public void That_kept_another_content_finds_it() => AssertBroken("(2)", Operations, [Rows[0], Rows[1] with { Sha256 = "h3" }]);

    [Fact]
    public void With_a_version_of_nobody_finds_it() => AssertBroken("(2)", Operations, [.. Rows, new(File, 3, "r9", "h9")]);

    [Fact]
    public void That_kept_a_refused_write_finds_it() => AssertBroken("(3)", Operations, [.. Rows, new(File, 3, "r3", "h3")]);

    [Fact]
    public void That_kept_a_write_for_which_there_was_no_room_finds_it() => AssertBroken(
        "(3)", [.. Operations[..3], Operations[3] with { Status = HttpStatusCode.InsufficientStorage }, Operations[4]], [.. Rows, new(File, 3, "r4", "h4")]);

    [Fact]
    public void That_kept_an_unknown_write_twice_finds_it() => AssertBroken("(4)", Operations, [.. Rows, new(File, 3, "r4", "h4"), new(File, 4, "r4", "h4")]);

    [Fact]
    public void In_which_somebody_overwrote_what_he_had_not_seen_finds_it() =>
        AssertBroken("(5)", [Operations[0], Operations[1] with { ExpectedVersion = 0 }, .. Operations[2..]], Rows);

    [Fact]
    public void In_which_a_later_write_came_before_an_earlier_one_finds_it() => AssertBroken(
        "(6)", [Operations[0] with { Start = 40, End = 50 }, .. Operations[1..]], Rows);

    [Fact]
    public void In_which_a_client_read_what_was_no_longer_so_finds_it() => AssertBroken("(7)", [.. Operations[..4], Operations[4] with { Version = 1 }], Rows);

    private static void AssertBroken(string rule, List<HistoryOperation> operations, List<HistoryRow> rows) =>
        Assert.Contains(HistoryChecker.Check(operations, rows), violation => violation.StartsWith(rule, StringComparison.Ordinal));
}
