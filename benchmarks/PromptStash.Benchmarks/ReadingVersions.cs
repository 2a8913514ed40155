namespace PromptStash.Benchmarks;

/// <summary>A file of 14 KiB with two hundred versions, three lines changed in each: old versions are packed against later ones.</summary>
public class ReadingVersions
{
    private const int Versions = 200;
    private const int Lines = 200;

    private Client _client = null!;
    private Guid _file;
    private int _version;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _client = await Client.SignUpAsync();
        var random = new Random(7);
        var lines = Words.Text(random, Lines).Split('\n');
        var stash = await _client.DefaultStashAsync();
        _file = (await _client.JsonAsync(HttpMethod.Post, $"/api/v1/stashes/{stash}/files", new { path = "notes.md", content = string.Join('\n', lines) })).GetProperty("id").GetGuid();
        for (var version = 1; version < Versions; version++)
        {
            for (var change = 0; change < 3; change++)
            {
                lines[random.Next(Lines)] = Words.Sentence(random, 10);
            }

            await _client.JsonAsync(HttpMethod.Put, $"/api/v1/files/{_file}/content", new { content = string.Join('\n', lines) }, $"\"v{version}\"");
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _client.Dispose();

    [Benchmark(Baseline = true)]
    public Task<byte[]> Newest() => GetAsync("raw");

    [Benchmark]
    public Task<byte[]> Oldest() => GetAsync("raw?version=1");

    [Benchmark]
    public Task<byte[]> One_after_the_other() => GetAsync($"raw?version={1 + (_version++ % Versions)}");

    [Benchmark]
    public Task<byte[]> Comparing_the_oldest_with_the_newest() => GetAsync($"diff?from=1&to={Versions}");

    private Task<byte[]> GetAsync(string what) => _client.SendAsync(HttpMethod.Get, $"/api/v1/files/{_file}/{what}");
}
