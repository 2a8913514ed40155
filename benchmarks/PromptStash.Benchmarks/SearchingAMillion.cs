namespace PromptStash.Benchmarks;

/// <summary>
/// What <c>seed --size large</c> has made is searched by the one whose 90,000 files are among the million: queries of every kind, from those
/// that nothing answers to, to those that everything does.
/// </summary>
public class SearchingAMillion
{
    private Client _client = null!;

    [Params(
        "mail", "translates", "kind:agent mail", "\"files that changed\"", "transl*", "mail-0083735", "mail -callers", "tools:Grep order", "path:generated mail", "4711", "tests", "migrtaes", "wombat")]
    public string Query { get; set; } = "";

    [GlobalSetup]
    public async Task SetUpAsync() => _client = await Client.SignInAsync();

    [GlobalCleanup]
    public void CleanUp() => _client.Dispose();

    [Benchmark]
    public Task<byte[]> Search() => _client.SendAsync(HttpMethod.Get, $"/api/v1/search?q={Uri.EscapeDataString(Query)}");
}
