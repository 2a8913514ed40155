namespace PromptStash.Benchmarks;

/// <summary>A stash with ten thousand files of 4 KiB, in a thousand folders of a hundred folders.</summary>
public abstract class StashOfTenThousand
{
    private protected const int Files = 10_000;

    private protected Client Client { get; private set; } = null!;

    private protected byte[] Archive { get; } = Client.ArchiveOf(Files);

    private protected Guid Stash { get; private set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        Client = await Client.SignUpAsync();
        Stash = await Client.DefaultStashAsync();
        await Client.ImportAsync(Stash, Archive);
        await PrepareAsync();
    }

    [GlobalCleanup]
    public void CleanUp() => Client.Dispose();

    private protected virtual Task PrepareAsync() => Task.CompletedTask;

    private protected Task<byte[]> GetAsync(string path) => Client.SendAsync(HttpMethod.Get, $"/api/v1/{path}");

    private protected Task<JsonElement> JsonAsync(string path) => Client.JsonAsync(HttpMethod.Get, $"/api/v1/{path}");
}

/// <summary>Pages far down a list cost what the first one costs. In the order of sizes all files are read for each, and only the page's are answered.</summary>
public class ListingFiles : StashOfTenThousand
{
    private string _after = "";

    [Benchmark(Baseline = true)]
    public Task<byte[]> First_page() => GetAsync($"stashes/{Stash}/files?limit=100");

    [Benchmark]
    public Task<byte[]> Page_after_five_thousand() => GetAsync($"stashes/{Stash}/files?limit=100&after={_after}");

    [Benchmark]
    public Task<byte[]> Largest_first() => GetAsync($"stashes/{Stash}/files?limit=100&sort=size&order=desc");

    [Benchmark]
    public Task<byte[]> Whole_tree() => GetAsync($"stashes/{Stash}/tree");

    private protected override async Task PrepareAsync()
    {
        for (var page = 0; page < 50; page++)
        {
            var answer = await JsonAsync($"stashes/{Stash}/files?limit=100" + (_after.Length > 0 ? $"&after={_after}" : ""));
            _after = Uri.EscapeDataString(answer.GetProperty("next").GetString()!);
        }
    }
}

/// <summary>A whole subtree moves by one statement.</summary>
public class MovingFolders : StashOfTenThousand
{
    private static readonly string[] Names = ["agents", "moved"];

    private Guid _file;
    private Guid _folder;
    private Guid _large;
    private int _round;

    [Benchmark(Baseline = true)]
    public Task<JsonElement> Rename_one_file() => RenameAsync("files", _file, $"renamed-{_round++}.md");

    [Benchmark]
    public Task<JsonElement> Rename_a_folder_of_100_files() => RenameAsync("folders", _folder, $"renamed-{_round++}");

    [Benchmark]
    public Task<JsonElement> Rename_a_folder_of_10000_files() => RenameAsync("folders", _large, Names[++_round % 2]);

    private protected override async Task PrepareAsync()
    {
        var folders = (await JsonAsync($"stashes/{Stash}/tree")).GetProperty("folders").EnumerateArray()
            .ToDictionary(folder => folder.GetProperty("path").GetString()!, folder => folder.GetProperty("id").GetGuid());
        _large = folders["agents"];
        _folder = folders["agents/team-7"];
        _file = (await JsonAsync($"stashes/{Stash}/files?limit=1")).GetProperty("items")[0].GetProperty("id").GetGuid();
    }

    private Task<JsonElement> RenameAsync(string kind, Guid id, string name) => Client.JsonAsync(HttpMethod.Patch, $"/api/v1/{kind}/{id}", new { name });
}

/// <summary>What is asked for hardly matters: a search ranks a bounded number of files.</summary>
public class Searching : StashOfTenThousand
{
    private static readonly string Rare = Words.Word(1990);
    private static readonly string Common = Words.Word(1);

    [Benchmark(Baseline = true)]
    public Task<byte[]> Rare_word() => SearchAsync(Rare);

    [Benchmark]
    public Task<byte[]> Word_of_most_files() => SearchAsync(Common);

    [Benchmark]
    public Task<byte[]> Phrase() => SearchAsync($"\"{Words.Word(1)} {Words.Word(2)}\"");

    [Benchmark]
    public Task<byte[]> Prefix() => SearchAsync($"{Rare[..4]}*");

    [Benchmark]
    public Task<byte[]> Word_in_agents_for_opus() => SearchAsync($"{Common} kind:agent model:opus");

    [Benchmark]
    public Task<byte[]> Misspelt_name() => SearchAsync("agnet-4711");

    private Task<byte[]> SearchAsync(string query) => GetAsync($"search?q={Uri.EscapeDataString(query)}");
}

/// <summary>Taking in what is there already is mostly reading.</summary>
public class TransferringStashes : StashOfTenThousand
{
    private Guid _copy;
    private int _copies;

    [Benchmark(Baseline = true)]
    public Task<byte[]> Export() => GetAsync($"stashes/{Stash}/export");

    [Benchmark]
    public Task Import_again() => Client.ImportAsync(Stash, Archive);

    [Benchmark]
    public async Task Copy() =>
        _copy = (await Client.JsonAsync(HttpMethod.Post, $"/api/v1/stashes/{Stash}/copy", new { name = $"Copy {_copies++}" })).GetProperty("id").GetGuid();

    /// <summary>Copies count against what a user may keep, in the trash too.</summary>
    [IterationCleanup(Target = nameof(Copy))]
    public void ThrowAway() => ThrowAwayAsync().GetAwaiter().GetResult();

    private async Task ThrowAwayAsync()
    {
        await Client.SendAsync(HttpMethod.Delete, $"/api/v1/stashes/{_copy}");
        await Client.SendAsync(HttpMethod.Delete, $"/api/v1/trash/{_copy}");
    }
}
