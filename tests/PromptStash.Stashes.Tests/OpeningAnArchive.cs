using PromptStash.Stashes.Transfer;

namespace PromptStash.Stashes.Tests;

public sealed class OpeningAnArchive
{
    private static readonly StashesOptions Limits = new() { MaxArchiveEntries = 10 };

    private static IEnumerable<ZipEntry> Entries(int count) => Enumerable.Range(0, count).Select(i => new ZipEntry($"{i}.md"));

    [Fact]
    public void Lists_its_files_and_folders_in_their_order()
    {
        using var archive = Open(Zip.Of(
            new ZipEntry("b.md"), new ZipEntry("agents/") { UnixMode = 0x41ED, Deflate = false }, new ZipEntry("agents/a.md"), new ZipEntry("a/b/") { UnixMode = 0, Deflate = false }));

        Assert.Equal(["b.md", "agents/a.md"], archive.Files.Select(file => file.Path));
        Assert.Equal(["agents", "a/b"], archive.Folders);
        Assert.Empty(archive.Skipped);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "A comment.")]
    [InlineData(true, "A comment.")]
    public void Without_entries_finds_nothing(bool zip64, string comment)
    {
        using var archive = Open(Zip.Of(new ZipEnd { Zip64 = zip64, Comment = comment }, []));

        Assert.Empty(archive.Files);
    }

    // U+FFFD is what a name becomes that is no UTF-8: nobody can tell it from one that had it, so such a name is skipped.
    private static readonly Gen<string> ReadablePath = Text.Path.Where(path => !path.Contains('\uFFFD', StringComparison.Ordinal));

    [Fact]
    public void Of_any_valid_paths_lists_them_composed() => ReadablePath.Array[0, 10].Sample(paths =>
    {
        using var archive = Open(Zip.Of([.. paths.Select(path => new ZipEntry(path))]));

        Assert.Equal(paths.Select(path => path.Normalize()), archive.Files.Select(file => file.Path));
        Assert.Empty(archive.Skipped);
    });

    [Fact]
    public void With_one_path_twice_lists_it_twice_for_the_plan_to_choose()
    {
        using var archive = Open(Zip.Of(new ZipEntry("a.md", "1"), new ZipEntry("a.md", "2"), new ZipEntry("A.md", "3")));

        Assert.Equal(["a.md", "a.md", "A.md"], archive.Files.Select(file => file.Path));
        Assert.Equal(["1", "2", "3"], archive.Files.Select(file => archive.Read(file, out _)!.Text));
    }

    [Theory]
    [InlineData("../evil.md")]
    [InlineData("agents/../../evil.md")]
    [InlineData("agents/..")]
    [InlineData("..\\evil.md")]
    [InlineData("/etc/passwd")]
    [InlineData("\\evil.md")]
    [InlineData("C:/evil.md")]
    [InlineData("c:evil.md")]
    public void With_a_path_that_leads_out_of_it_is_refused(string path) =>
        Assert.Equal($"The archive has a path that leads out of it: '{path}'.", Refused(Zip.Of(new ZipEntry("a.md"), new ZipEntry(path))));

    [Fact]
    public void With_a_link_is_refused() =>
        Assert.Equal("'a.md' is a symbolic link; links are not imported.", Refused(Zip.Of(new ZipEntry("a.md", "/etc/passwd") { UnixMode = 0xA1FF })));

    [Theory]
    [InlineData(0x1000)] // A pipe.
    [InlineData(0x2000)] // A character device.
    [InlineData(0x6000)] // A block device.
    [InlineData(0xC000)] // A socket.
    public void With_a_device_or_a_pipe_is_refused(int mode) =>
        Assert.Equal("'a.md' is neither a file nor a folder.", Refused(Zip.Of(new ZipEntry("a.md") { UnixMode = mode | 0x1A4 })));

    [Fact]
    public void With_an_encrypted_entry_is_refused() =>
        Assert.Equal("'a.md' is encrypted.", Refused(Zip.Of(new ZipEntry("a.md") { Flags = 0x0801 })));

    [Theory]
    [InlineData("agents\\a.md", "The path has a backslash; segments are separated by '/'.")]
    [InlineData("a//b.md", "The path has an empty segment: two slashes in a row, or one at the end.")]
    [InlineData("./a.md", "The path has the segment '.'.")]
    [InlineData("aux.md", "'aux.md' is a reserved name on Windows.")]
    [InlineData("a\tb.md", "The path has a control character.")]
    public void With_a_path_that_breaks_a_rule_skips_the_entry_and_says_why(string path, string reason)
    {
        using var archive = Open(Zip.Of(new ZipEntry("a.md"), new ZipEntry(path)));

        Assert.Equal([new SkippedEntry(path, reason)], archive.Skipped);
        Assert.Equal(["a.md"], archive.Files.Select(file => file.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_as_many_entries_as_allowed_is_done_and_with_one_more_is_refused(bool zip64)
    {
        using var archive = Open(Zip.Of(new ZipEnd { Zip64 = zip64 }, Entries(10)));

        Assert.Equal(10, archive.Files.Count);
        Assert.Equal("The archive has more than 10 entries.", Refused(Zip.Of(new ZipEnd { Zip64 = zip64 }, Entries(11))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(12)]
    public void Counts_its_entries_whatever_its_end_says(int count) =>
        Assert.Equal("The archive has more than 10 entries.", Refused(Zip.Of(new ZipEnd { ForgedCount = (ushort)count }, Entries(11))));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(ushort.MaxValue)]
    public void With_another_number_of_entries_than_its_end_says_is_refused(int count) =>
        Assert.Equal("This is not a zip archive, or a damaged one.", Refused(Zip.Of(new ZipEnd { ForgedCount = (ushort)count }, Entries(2))));

    [Fact]
    public void Counts_the_directory_that_is_read_not_the_one_that_is_shown()
    {
        // The 32-bit end points to an empty directory, and by its count to the 64-bit end, which has the real one.
        var archive = Zip.Of(new ZipEnd { Zip64 = true, ForgedOffset = 0 }, Entries(11));

        Assert.Equal("The archive has more than 10 entries.", Refused(archive));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(40)]
    public void With_a_64_bit_end_in_another_place_than_it_belongs_is_refused(int gap) =>
        Assert.Equal(
            "This is not a zip archive, or a damaged one.",
            Refused(Zip.Of(new ZipEnd { Zip64 = true, ForgedOffset = 0, Gap = gap }, Entries(11))));

    [Theory]
    [InlineData(1UL)]
    [InlineData(ulong.MaxValue)]
    public void Counts_its_entries_whatever_its_64_bit_end_says(ulong count) =>
        Assert.Equal("The archive has more than 10 entries.", Refused(Zip.Of(new ZipEnd { Zip64 = true, ForgedZip64Count = count }, Entries(11))));

    [Fact]
    public void Finds_the_end_behind_the_longest_comment()
    {
        using var archive = Open(Zip.Of(new ZipEnd { Comment = new string('c', ushort.MaxValue) }, Entries(2)));

        Assert.Equal(2, archive.Files.Count);
    }

    [Fact]
    public void Of_anything_else_is_refused() => Gen.Byte.Array[0, 200].Sample(bytes =>
        Assert.Equal("This is not a zip archive, or a damaged one.", Refused(new MemoryStream(bytes))), iter: 2000);

    private static ArchiveReader Open(MemoryStream archive) => ArchiveReader.Open(archive, Limits);

    private static string Refused(MemoryStream archive) => Assert.Throws<ArchiveException>(() => Open(archive).Dispose()).Message;
}
