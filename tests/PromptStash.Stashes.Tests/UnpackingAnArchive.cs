using System.Text;
using PromptStash.Stashes.Transfer;

namespace PromptStash.Stashes.Tests;

public sealed class UnpackingAnArchive
{
    private const int MiB = 1024 * 1024;

    private static readonly StashesOptions Limits = new() { MaxFileBytes = 1000, MaxUnpackedBytes = 5000 };

    [Fact]
    public void Gives_every_file_as_it_went_in() =>
        Gen.Select(Text.Valid, Gen.Bool).Array[0, 8].Sample(contents =>
        {
            using var archive = ArchiveReader.Open(
                Zip.Of([.. contents.Select((content, i) => new ZipEntry($"{i}.md", content.Item1) { Deflate = content.Item2 })]), new StashesOptions());

            Assert.Equal(contents.Select(content => content.Item1), archive.Files.Select(file => archive.Read(file, out _)?.Text));
        }, iter: 1000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)] // Around the size of the buffer.
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public void Gives_a_file_of_any_size(int size)
    {
        var text = string.Concat(Enumerable.Range(0, (size / 8) + 1).Select(i => $"{i:0000000}\n"))[..size];
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", text)), new StashesOptions());

        Assert.Equal(text, archive.Read(archive.Files[0], out _)!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_a_wrong_checksum_is_refused(bool deflate)
    {
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", "text") { ForgedCrc = 1, Deflate = deflate }), Limits);

        Assert.Equal("The archive is damaged: 'a.md' cannot be unpacked.", Refused(archive));
    }

    [Theory]
    [InlineData(99)] // Not in use.
    [InlineData(12)] // bzip2.
    [InlineData(14)] // LZMA.
    public void With_a_method_that_is_not_known_is_refused(int method)
    {
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", "text") { ForgedMethod = (ushort)method }), Limits);

        Assert.Equal("The archive is damaged: 'a.md' cannot be unpacked.", Refused(archive));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void With_a_file_that_is_larger_than_its_header_says_is_refused(int size)
    {
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", "much more text") { ForgedSize = (uint)size }), Limits);

        Assert.Equal("The archive is damaged: 'a.md' cannot be unpacked.", Refused(archive));
    }

    [Fact]
    public void Believes_no_size_that_a_header_claims()
    {
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", "text") { ForgedSize = 4_000_000_000 }), Limits);

        Assert.Equal("text", archive.Read(archive.Files[0], out _)?.Text);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void Takes_files_up_to_the_limit_and_skips_larger_ones(int size, bool isTaken)
    {
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", new string('x', size))), Limits);

        var content = archive.Read(archive.Files[0], out var reason);

        Assert.Equal(isTaken, content is not null);
        Assert.Equal(isTaken ? "" : "The file has more than 1000 bytes.", reason);
    }

    [Theory]
    [InlineData("The file is not UTF-8 text.", 0x89, 0x50, 0x4E, 0x47)]
    [InlineData("The content holds a NUL character, so it is not text.", 0x61, 0x00)]
    public void Skips_what_is_not_text(string expected, params int[] bytes)
    {
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("logo.png", Array.ConvertAll(bytes, value => (byte)value))), Limits);

        Assert.Null(archive.Read(archive.Files[0], out var reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void Counts_what_is_skipped_too()
    {
        // None of the five is taken: four are too large, the last one would have been.
        using var archive = ArchiveReader.Open(Zip.Of(
            [.. Enumerable.Range(0, 4).Select(i => new ZipEntry($"{i}.bin", new string('x', 1200))), new ZipEntry("a.md", new string('x', 201))]), Limits);
        foreach (var file in archive.Files[..4])
        {
            Assert.Null(archive.Read(file, out _));
        }

        Assert.Equal("The archive unpacks to more than 5000 bytes.", Assert.Throws<ArchiveException>(() => archive.Read(archive.Files[4], out _)).Message);
    }

    [Fact]
    public void Counts_a_file_once_however_often_it_is_read()
    {
        using var archive = ArchiveReader.Open(Zip.Of([.. Enumerable.Range(0, 5).Select(i => new ZipEntry($"{i}.md", new string('x', 1000)))]), Limits);

        Assert.All([.. archive.Files, .. archive.Files, .. archive.Files], file => Assert.NotNull(archive.Read(file, out _)));
    }

    [Fact]
    public void Reads_no_more_than_an_import_may_read_however_few_files_there_are()
    {
        var limits = new StashesOptions { MaxImportedBytes = 3000 };
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", new string('x', 1000))), limits);
        for (var n = 0; n < 3; n++)
        {
            Assert.NotNull(archive.Read(archive.Files[0], out _));
        }

        Assert.Equal("The versions in the archive have more than 3000 bytes of text together.", Refused(archive));
    }

    [Fact]
    public void From_its_start_again_counts_anew()
    {
        var limits = new StashesOptions { MaxUnpackedBytes = 1000, MaxImportedBytes = 1000 };
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("a.md", new string('x', 1000))), limits);
        Assert.NotNull(archive.Read(archive.Files[0], out _));

        archive.StartOver();

        Assert.NotNull(archive.Read(archive.Files[0], out _));
    }

    [Fact]
    public void To_exactly_as_much_as_allowed_is_done()
    {
        using var archive = ArchiveReader.Open(Zip.Of([.. Enumerable.Range(0, 5).Select(i => new ZipEntry($"{i}.md", new string('x', 1000)))]), Limits);

        Assert.All(archive.Files, file => Assert.NotNull(archive.Read(file, out _)));
    }

    [Fact]
    public void Of_a_bomb_stops_at_the_limit_and_holds_no_more_than_one_file_in_memory()
    {
        var limits = new StashesOptions { MaxFileBytes = MiB, MaxUnpackedBytes = 16 * MiB };
        using var archive = ArchiveReader.Open(Zip.Of(new ZipEntry("bomb.txt", new byte[64 * MiB])), limits);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal($"The archive unpacks to more than {16 * MiB} bytes.", Refused(archive));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * MiB);
    }

    [Fact]
    public void After_thousands_of_mutations_is_done_or_refused_and_never_fails()
    {
        var limits = new StashesOptions { MaxFileBytes = 2000, MaxUnpackedBytes = 20_000, MaxArchiveEntries = 6 };
        byte[][] seeds =
        [
            Zip.BytesOf(new ZipEnd(), [new ZipEntry("a.md", "hello"), new ZipEntry("b/") { UnixMode = 0x41ED, Deflate = false }, new ZipEntry("b/é.md", "text") { Deflate = false }]),
            Zip.BytesOf(new ZipEnd { Zip64 = true, Comment = "comment" }, [new ZipEntry("a.md", "hello"), new ZipEntry("b.md", new string('x', 1500))]),
            Zip.BytesOf(new ZipEnd(), [new ZipEntry("link", "target") { UnixMode = 0xA1FF }, new ZipEntry("../x"), new ZipEntry("secret") { Flags = 1 }]),
            WrittenByTheFramework(),
        ];

        Gen.Select(Gen.OneOf(seeds), Mutation.Array[1, 6]).Sample((seed, mutations) =>
        {
            var bytes = mutations.Aggregate(seed, (before, mutate) => mutate(before));
            try
            {
                using var archive = ArchiveReader.Open(new MemoryStream(bytes), limits);
                foreach (var file in archive.Files)
                {
                    var content = archive.Read(file, out var reason);
                    Assert.True(content is null ? reason.Length > 0 : content.Size <= limits.MaxFileBytes);
                }
            }
            catch (ArchiveException exception)
            {
                Assert.NotEmpty(exception.Message);
            }
        }, iter: 30_000);
    }

    /// <summary>What goes wrong with bytes, and what somebody does to them on purpose: marks, lengths and offsets are where the damage is.</summary>
    private static readonly Gen<Func<byte[], byte[]>> Mutation = Gen.OneOf<Func<byte[], byte[]>>(
        Gen.Select(Gen.Double.Unit, Gen.Byte, (at, value) => (Func<byte[], byte[]>)(bytes => Set(bytes, at, [value]))),
        Gen.Select(Gen.Double.Unit, Gen.OneOf<byte[]>([0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            (at, value) => (Func<byte[], byte[]>)(bytes => Set(bytes, at, value))),
        Gen.Select(Gen.Double.Unit, Gen.OneOf<byte[]>("PK\u0001\u0002"u8.ToArray(), "PK\u0003\u0004"u8.ToArray(), "PK\u0005\u0006"u8.ToArray(), "PK\u0006\u0006"u8.ToArray(), "PK\u0006\u0007"u8.ToArray()),
            (at, value) => (Func<byte[], byte[]>)(bytes => Set(bytes, at, value))),
        Gen.Double.Unit.Select(at => (Func<byte[], byte[]>)(bytes => bytes[..(int)(at * bytes.Length)])),
        Gen.Double.Unit.Select(at => (Func<byte[], byte[]>)(bytes => bytes[(int)(at * bytes.Length)..])),
        Gen.Select(Gen.Double.Unit, Gen.Double.Unit, Gen.Int[1, 60], (from, to, length) => (Func<byte[], byte[]>)(bytes => Copy(bytes, from, to, length))),
        Gen.Select(Gen.Double.Unit, Gen.Byte.Array[1, 30], (at, more) => (Func<byte[], byte[]>)(bytes => [.. bytes[..(int)(at * bytes.Length)], .. more, .. bytes[(int)(at * bytes.Length)..]])),
        Gen.Select(Gen.Double.Unit, Gen.Int[1, 30], (at, length) => (Func<byte[], byte[]>)(bytes => Cut(bytes, (int)(at * bytes.Length), length))));

    private static byte[] Set(byte[] bytes, double at, byte[] value)
    {
        var result = bytes.ToArray();
        var start = (int)(at * bytes.Length);
        value.AsSpan(0, Math.Min(value.Length, bytes.Length - start)).CopyTo(result.AsSpan(start));

        return result;
    }

    private static byte[] Copy(byte[] bytes, double from, double to, int length)
    {
        var start = (int)(from * bytes.Length);

        return Set(bytes, to, bytes[start..Math.Min(bytes.Length, start + length)]);
    }

    private static byte[] Cut(byte[] bytes, int start, int length) => [.. bytes[..start], .. bytes[Math.Min(bytes.Length, start + length)..]];

    private static byte[] WrittenByTheFramework()
    {
        using var stream = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var name in new[] { "agents/a.md", "agents/é.md" })
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write("---\nname: a\n---\n"u8);
            }
        }

        return stream.ToArray();
    }

    private static string Refused(ArchiveReader archive) => Assert.Throws<ArchiveException>(() => archive.Read(archive.Files[0], out _)).Message;
}
