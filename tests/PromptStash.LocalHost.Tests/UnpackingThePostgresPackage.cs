using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PromptStash.LocalHost.Postgres;

namespace PromptStash.LocalHost.Tests;

public sealed class UnpackingThePostgresPackage : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Makes_the_links_that_its_install_script_would_have_made()
    {
        await UnpackAsync("""[{"source":"native/lib/libpq.so.5.16","target":"native/lib/libpq.so.5"}]""");

        var link = new FileInfo(_temp.In("package", "native", "lib", "libpq.so.5"));
        Assert.Equal("libpq.so.5.16", link.LinkTarget);
        Assert.Equal("library", await File.ReadAllTextAsync(link.FullName, Cancelled));
    }

    [Fact]
    public async Task Leaves_a_link_alone_that_is_there()
    {
        const string Twice = """{"source":"native/lib/libpq.so.5.16","target":"native/lib/libpq.so.5"}""";

        await UnpackAsync($"[{Twice},{Twice}]");

        Assert.True(File.Exists(_temp.In("package", "native", "lib", "libpq.so.5")));
    }

    [Fact]
    public async Task Lets_every_user_read_and_run_what_the_owner_may()
    {
        await UnpackAsync("[]");

        Assert.True(TempFolder.Mode(_temp.In("package", "native", "lib", "libpq.so.5.16")).HasFlag(UnixFileMode.OtherRead));
        Assert.True(TempFolder.Mode(_temp.In("package", "native", "bin", "postgres")).HasFlag(UnixFileMode.OtherExecute));
        Assert.True(TempFolder.Mode(_temp.In("package", "native", "bin")).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task Refuses_a_link_outside_the_package()
    {
        var problem = await Assert.ThrowsAsync<LocalHostException>(
            () => UnpackAsync("""[{"source":"native/lib/libpq.so.5.16","target":"../../evil"}]"""));

        Assert.Contains("outside itself", problem.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_temp.In("evil")));
    }

    private async Task UnpackAsync(string links)
    {
        var archive = _temp.In("package.tgz");
        await using (var file = File.Create(archive))
        await using (var zipped = new GZipStream(file, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(zipped))
        {
            const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await AddAsync(tar, "package/native/lib/libpq.so.5.16", "library", OwnerOnly);
            await AddAsync(tar, "package/native/bin/postgres", "program", OwnerOnly | UnixFileMode.UserExecute);
            await AddAsync(tar, "package/native/pg-symlinks.json", links, OwnerOnly);
        }

        await PostgresPackage.ExtractAsync(archive, _temp.Path, Cancelled);
    }

    private static async Task AddAsync(TarWriter tar, string name, string text, UnixFileMode mode)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = mode }, Cancelled);
    }
}
