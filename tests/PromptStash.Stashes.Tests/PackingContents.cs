using System.Text;
using PromptStash.Stashes.Files;
using PromptStash.Stashes.Versions;

namespace PromptStash.Stashes.Tests;

public sealed class PackingContents
{
    private static readonly Gen<string> Content = Gen.OneOf(
        Text.Valid,
        Gen.OneOf("# Title\n", "Read the diff first.\n", "- one more point\r\n", "\n").Array[0, 200].Select(string.Concat));

    /// <summary>A text and what becomes of it: each time a passage is replaced by another one.</summary>
    private static readonly Gen<List<string>> History = Gen.Select(Content, Gen.Select(Gen.Double[0, 1], Gen.Double[0, 0.3], Text.Valid).Array[1, 40])
        .Select((first, edits) =>
        {
            var texts = new List<string> { first };
            foreach (var (place, share, inserted) in edits)
            {
                var runes = texts[^1].EnumerateRunes().ToList();
                var start = (int)(place * runes.Count);
                var count = Math.Min((int)(share * runes.Count), runes.Count - start);
                texts.Add(string.Concat(runes[..start]) + inserted + string.Concat(runes[(start + count)..]));
            }

            return texts;
        });

    [Fact]
    public void Alone_and_unpacking_them_gives_the_same_bytes() => Content.Sample(text =>
    {
        var packed = ContentPacker.Pack(Of(text), @base: null);

        Assert.Equal(Encoding.UTF8.GetBytes(text), ContentPacker.Unpack(packed, []));
        Assert.True(packed.Data.Length <= packed.Size);
    });

    [Fact]
    public void Version_upon_version_and_unpacking_them_gives_the_same_bytes() => History.Sample(texts =>
    {
        var packed = PackAll(texts);

        byte[] previous = [];
        foreach (var (text, content) in texts.Zip(packed))
        {
            var bytes = ContentPacker.Unpack(content, content.BaseHash is null ? [] : previous);
            Assert.Equal(Encoding.UTF8.GetBytes(text), bytes);
            previous = bytes;
        }
    });

    [Fact]
    public void Version_upon_version_makes_no_chain_longer_than_allowed() =>
        History.Sample(texts => Assert.All(PackAll(texts), content => Assert.InRange(content.Depth, 0, ContentPacker.MaxDepth)));

    [Fact]
    public void And_damaging_a_byte_is_noticed() => Gen.Select(Content.Where(text => text.Length > 0), Gen.Double[0, 1], Gen.Int[1, 255]).Sample((text, place, change) =>
    {
        var packed = ContentPacker.Pack(Of(text), @base: null);
        var at = Math.Min((int)(place * packed.Data.Length), packed.Data.Length - 1);
        packed.Data[at] ^= (byte)change;

        // Some bits of a frame's header say nothing of the text: then the text is the right one.
        try
        {
            Assert.Equal(Encoding.UTF8.GetBytes(text), ContentPacker.Unpack(packed, []));
        }
        catch (InvalidDataException)
        {
        }
    });

    [Fact]
    public void And_unpacking_one_against_another_base_is_noticed()
    {
        var first = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i * 7919 % 1000}\n"));
        var packed = ContentPacker.Pack(Of(first + "more\n"), new ContentBase(Of(first).Hash, first, 0));

        Assert.NotNull(packed.BaseHash);
        Assert.Throws<InvalidDataException>(() => ContentPacker.Unpack(packed, Encoding.UTF8.GetBytes(first.Replace('7', '8'))));
    }

    private static List<PackedContent> PackAll(List<string> texts)
    {
        var packed = new List<PackedContent>();
        ContentBase? previous = null;
        foreach (var text in texts)
        {
            var content = ContentPacker.Pack(Of(text), previous);
            packed.Add(content);
            previous = new ContentBase(content.Hash, text, content.Depth);
        }

        return packed;
    }

    private static FileContent Of(string text)
    {
        Assert.True(FileContent.TryCreate(text, int.MaxValue, out var content, out var error), error);

        return content;
    }
}
