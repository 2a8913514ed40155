using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PromptStash.IntegrationTests.Versions;

namespace PromptStash.IntegrationTests.Database.Operations;

/// <summary>Those who write while something breaks, two to each file, and all that they were told: the history that the checker goes by.</summary>
internal sealed class Authors
{
    private const int PerFile = 2;

    private readonly ConcurrentQueue<HistoryOperation> _operations = [];
    private readonly List<Author> _authors = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public int Count => _authors.Count;

    /// <summary>The answers that a fault is to blame for; that somebody else was quicker is none.</summary>
    public IReadOnlyList<string> Failures => [.. _authors.SelectMany(author => author.Failures)];

    /// <summary>Whether each author was failed so often.</summary>
    public bool AllFailed(int times) => _authors.TrueForAll(author => author.Failures.Count >= times);

    /// <summary>The longest time in which nobody's write was acknowledged.</summary>
    public TimeSpan LongestGap
    {
        get
        {
            var ends = AcknowledgedWrites().Select(write => write.End).Order().ToList();

            return ends.Zip(ends.Skip(1), Stopwatch.GetElapsedTime).DefaultIfEmpty(TimeSpan.Zero).Max();
        }
    }

    public string Figures => string.Create(
        CultureInfo.InvariantCulture,
        $"{AcknowledgedWrites().Count()} acknowledged, {_operations.Count(operation => operation.Status == HttpStatusCode.PreconditionFailed)} overtaken, {Failures.Count} failed, longest gap {LongestGap.TotalSeconds:0.00} s");

    /// <summary>Each of the clients makes a file, and two authors begin to write it.</summary>
    public static async Task<Authors> BeginAsync(PromptStashApp app, params HttpClient[] clients)
    {
        var authors = new Authors();
        foreach (var client in clients)
        {
            var file = await authors.CreateAsync(app, client);
            for (var author = 0; author < PerFile; author++)
            {
                authors._authors.Add(new Author(app, client, authors.Count, file, authors._operations));
            }
        }

        return authors;
    }

    /// <summary>All write until the task has ended, and until so many writes of each were acknowledged.</summary>
    public Task WriteUntilAsync(Task end, int atLeast = 5) => Task.WhenAll(_authors.Select(author => author.WriteUntilAsync(end, atLeast)));

    /// <summary>Each author gets so many more writes acknowledged: they are in the middle of something, and have got over what was before.</summary>
    public Task MoveOnAsync(int writes, TimeSpan patience)
    {
        var before = _authors.ConvertAll(author => author.Acknowledged);

        return Eventually.TrueAsync(
            () => Task.FromResult(_authors.Zip(before).All(pair => pair.First.Acknowledged >= pair.Second + writes)), "every author goes on writing", patience);
    }

    /// <summary>Holds all that the authors were told against what was kept.</summary>
    public async Task CheckAsync(NpgsqlConnection database)
    {
        Assert.Empty(HistoryChecker.Check(_operations, await KeptAsync(database)));
        Assert.Contains(_operations, operation => operation is { IsWrite: false, Succeeded: true });
    }

    /// <summary>
    /// The same of a copy that was begun at this time: what had been answered by then must be in it as it was told, what came later may be in it or not.
    /// </summary>
    public async Task CheckCopyAsync(NpgsqlConnection copy, long begun)
    {
        var told = _operations
            .Where(operation => operation.IsWrite || operation.End < begun)
            .Select(operation => operation.End < begun || operation.WasRefused ? operation : operation with { Status = null, Version = null });

        Assert.Empty(HistoryChecker.Check([.. told], await KeptAsync(copy)));
    }

    private IEnumerable<HistoryOperation> AcknowledgedWrites() => _operations.Where(operation => operation is { ExpectedVersion: > 0, Succeeded: true });

    private async Task<List<HistoryRow>> KeptAsync(NpgsqlConnection database)
    {
        var rows = new List<HistoryRow>();
        foreach (var file in _authors.Select(author => author.File).Distinct())
        {
            var versions = await database.ColumnAsync("SELECT concat_ws(' ', version, encode(content_hash, 'hex'), message) FROM stashes.file_versions WHERE file_id = $1", file);
            rows.AddRange(versions.Select(version => version.Split(' ')).Select(parts => new HistoryRow(
                file, int.Parse(parts[0], CultureInfo.InvariantCulture), parts.ElementAtOrDefault(2), parts[1])));
        }

        return rows;
    }

    private async Task<Guid> CreateAsync(PromptStashApp app, HttpClient client)
    {
        var (stash, message, content) = (await client.DefaultStashAsync(), $"{app.NewId()}", "# Begun\n");
        var start = Stopwatch.GetTimestamp();
        using var created = await client.PostAsJsonAsync($"/api/v1/stashes/{stash}/files", new { path = "history.md", content, message }, Cancelled);
        var file = (await created.ReadAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        _operations.Enqueue(new HistoryOperation(-1, file, 0, message, Author.Sha256(content), start, Stopwatch.GetTimestamp(), created.StatusCode, 1));

        return file;
    }
}

/// <summary>Somebody who writes a file again and again, reads it now and then, and goes on from the version that the answers tell of.</summary>
internal sealed class Author(PromptStashApp app, HttpClient client, int number, Guid file, ConcurrentQueue<HistoryOperation> history)
{
    /// <summary>After so many writes the author looks at the file.</summary>
    private const int WritesPerRead = 5;

    private readonly ConcurrentQueue<string> _failures = [];
    private int _version = 1;
    private int _acknowledged;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Guid File => file;

    /// <summary>How many writes were acknowledged so far; may be asked while others are under way.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public IReadOnlyCollection<string> Failures => _failures;

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public async Task WriteUntilAsync(Task end, int atLeast)
    {
        for (var write = 0; !end.IsCompleted || Acknowledged < atLeast; write++)
        {
            await GoOnFromAsync(await WriteAsync($"# Text {write} of author {number}\n"));
            if (write % WritesPerRead == 0)
            {
                await GoOnFromAsync(await ReadAsync());
            }
        }
    }

    private async Task GoOnFromAsync((HistoryOperation Operation, string? Failure) answer)
    {
        if (answer.Failure is null)
        {
            _version = answer.Operation.Version ?? _version;
            Interlocked.Add(ref _acknowledged, answer.Operation is { IsWrite: true, Succeeded: true } ? 1 : 0);

            return;
        }

        _failures.Enqueue(answer.Failure);
        await Eventually.TrueAsync(
            async () =>
            {
                var (seen, failure) = await ReadAsync();
                _version = failure is null ? seen.Version!.Value : _version;

                return failure is null;
            },
            "the file can be read again",
            TimeSpan.FromMinutes(2));
    }

    private Task<(HistoryOperation Operation, string? Failure)> WriteAsync(string content)
    {
        var requestId = $"{app.NewId()}";
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/files/{file}/content") { Content = JsonContent.Create(new { content, message = requestId }) };
        request.Headers.TryAddWithoutValidation("If-Match", $"\"v{_version}\"");

        return SendAsync(request, new HistoryOperation(number, file, _version, requestId, Sha256(content), Stopwatch.GetTimestamp(), 0, null, null));
    }

    private Task<(HistoryOperation Operation, string? Failure)> ReadAsync() => SendAsync(
        new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{file}/raw"), new HistoryOperation(number, file, null, null, null, Stopwatch.GetTimestamp(), 0, null, null));

    /// <summary>Sends it and writes down what came of it, which may be no answer at all.</summary>
    private async Task<(HistoryOperation Operation, string? Failure)> SendAsync(HttpRequestMessage request, HistoryOperation operation)
    {
        string? failure;
        try
        {
            using var answer = await client.SendAsync(request, Cancelled);
            int? version = answer.Headers.ETag is { } tag ? int.Parse(tag.Tag.Trim('"', 'v'), CultureInfo.InvariantCulture) : null;
            failure = answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.PreconditionFailed
                ? null
                : $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}";
            operation = operation with { Status = answer.StatusCode, Version = version };
        }
        catch (HttpRequestException exception)
        {
            failure = exception.Message;
        }

        operation = operation with { End = Stopwatch.GetTimestamp() };
        history.Enqueue(operation);

        return (operation, failure);
    }
}
