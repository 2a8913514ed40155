using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace PromptStash.IntegrationTests.Transfer;

public sealed class ImportingTarballs(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<TarEntryFormat> Formats => [TarEntryFormat.V7, TarEntryFormat.Ustar, TarEntryFormat.Pax, TarEntryFormat.Gnu];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Of_every_format_takes_files_and_folders(TarEntryFormat format)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var regular = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;

        var result = await (await SendAsync(
            ada,
            stash,
            Tar(format, (TarEntryType.Directory, "./", ""), (TarEntryType.Directory, "empty/", ""), (regular, "./docs/a.md", "\uFEFF1\r\n"), (regular, "b.md", "")))).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((2, 0), (result.GetProperty("created").GetInt32(), result.GetProperty("skipped").GetArrayLength()));
        Assert.Equal(["empty/", "b.md", "docs/a.md"], StashClient.Unzip(await ada.ExportAsync(stash)).Keys);
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink, "a.md", "'a.md' is a symbolic link; links are not imported.")]
    [InlineData(TarEntryType.HardLink, "a.md", "'a.md' is a hard link; links are not imported.")]
    [InlineData(TarEntryType.Fifo, "a.md", "'a.md' is neither a file nor a folder.")]
    [InlineData(TarEntryType.RegularFile, "../a.md", "The archive has a path that leads out of it: '../a.md'.")]
    [InlineData(TarEntryType.RegularFile, "/etc/a.md", "The archive has a path that leads out of it: '/etc/a.md'.")]
    [InlineData(TarEntryType.RegularFile, "./../a.md", "The archive has a path that leads out of it: '../a.md'.")]
    [InlineData(TarEntryType.Directory, "../a/", "The archive has a path that leads out of it: '../a/'.")]
    public async Task With_a_danger_in_it_is_refused_as_a_whole(TarEntryType type, string name, string expected)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();

        var problem = await (await SendAsync(
            ada, stash, Tar(TarEntryFormat.Pax, (TarEntryType.RegularFile, "ok.md", "1"), (type, name, "")))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal(expected, problem.GetProperty("detail").GetString());
        Assert.Empty(await ada.PathsAsync(stash));
    }

    [Fact]
    public async Task That_is_a_bomb_is_refused_while_it_unpacks()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxUnpackedBytes", "100000"), ("Stashes:MaxArchiveEntries", "10"));
        using var ada = await app.SignInAsync(api);

        var problem = await (await SendAsync(
            ada, await ada.DefaultStashAsync(), Tar(TarEntryFormat.Ustar, (TarEntryType.RegularFile, "bomb.md", new string('x', 10_000_000))))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("The archive unpacks to more than 100000 bytes.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task With_more_entries_than_allowed_is_refused()
    {
        await using var api = await app.StartApiAsync(("Stashes:MaxArchiveEntries", "2"));
        using var ada = await app.SignInAsync(api);

        var problem = await (await SendAsync(
            ada,
            await ada.DefaultStashAsync(),
            Tar(TarEntryFormat.Ustar, (TarEntryType.RegularFile, "a", ""), (TarEntryType.RegularFile, "b", ""), (TarEntryType.RegularFile, "c", "")))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("The archive has more than 2 entries.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task With_an_extended_header_that_would_fill_the_memory_is_refused()
    {
        using var ada = await app.SignInAsync();
        var tar = new byte[4096];
        Encoding.ASCII.GetBytes("a.md").CopyTo(tar, 0);
        Encoding.ASCII.GetBytes("17777777777\0").CopyTo(tar, 124);
        tar[156] = (byte)'x';

        var problem = await (await SendAsync(ada, await ada.DefaultStashAsync(), Gzip(tar))).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("The archive has a header of more than 65536 bytes.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(false, 20)] // not gzip at all
    [InlineData(true, 700)] // gzip, and in it nothing of sense
    public async Task That_is_none_is_refused(bool packed, int size)
    {
        using var ada = await app.SignInAsync();
        var bytes = Enumerable.Range(1, size).Select(n => (byte)((n * 37) | 1)).ToArray();

        var problem = await (await SendAsync(ada, await ada.DefaultStashAsync(), packed ? Gzip(bytes) : bytes)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("This is not a tar archive packed with gzip, or a damaged one.", problem.GetProperty("detail").GetString());
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, Guid stash, byte[] archive)
    {
        var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/gzip");

        return client.PostAsync($"/api/v1/stashes/{stash}/import", content, Cancelled);
    }

    private static byte[] Tar(TarEntryFormat format, params (TarEntryType Type, string Name, string Content)[] entries)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            foreach (var (type, name, content) in entries)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(type, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    _ => new PaxTarEntry(type, name),
                };
                if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                {
                    entry.LinkName = "target";
                }
                else if (content.Length > 0)
                {
                    entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                }

                writer.WriteEntry(entry);
            }
        }

        return Gzip(tar.ToArray());
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
