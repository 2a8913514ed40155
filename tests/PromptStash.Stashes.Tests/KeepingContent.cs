using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Tests;

public sealed class KeepingContent
{
    private const int NoLimit = int.MaxValue;

    [Fact]
    public void Of_any_text_gives_it_back_from_its_bytes() => Text.Valid.Sample(text =>
    {
        Assert.True(FileContent.TryCreate(text, NoLimit, out var written, out _));
        var bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(written.Text);

        Assert.True(FileContent.TryCreate(bytes, NoLimit, out var read, out _));
        Assert.Equal(text, read.Text, StringComparer.Ordinal);
    }, iter: 5000);

    [Fact]
    public void Of_any_text_tells_the_size_and_the_hash_of_its_bytes() => Text.Valid.Sample(text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        Assert.True(FileContent.TryCreate(text, NoLimit, out var content, out _));
        Assert.Equal(bytes.Length, content.Size);
        Assert.Equal(SHA256.HashData(bytes), content.Hash);
    });

    [Fact]
    public void Of_any_bytes_keeps_each_of_them_or_takes_none() => Gen.OneOf(
            Gen.Byte.Array[0, 12],
            Text.Valid.Select(Encoding.UTF8.GetBytes),
            Gen.Select(Text.Valid, Gen.Byte, Gen.Double.Unit, Spoil))
        .Sample(bytes =>
        {
            var isText = Utf8.IsValid(bytes) && !bytes.Contains((byte)0);

            Assert.Equal(isText, FileContent.TryCreate(bytes, NoLimit, out var content, out var error));
            if (isText)
            {
                Assert.Equal(bytes, Encoding.UTF8.GetBytes(content.Text));
                Assert.Equal(SHA256.HashData(bytes), content.Hash);
            }
            else
            {
                Assert.Matches(@"^\S.*\.$", error);
            }
        }, iter: 10_000);

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF# With a byte order mark\r\n")]
    [InlineData("line\r\nline\nline\rline")]
    [InlineData("\tno final newline")]
    [InlineData("\u0001\u0085\u2028\uFFFD\uFFFE")]
    [InlineData("e\u0301 stays decomposed 😀")]
    public void Keeps_what_editors_like_to_change(string text)
    {
        Assert.True(FileContent.TryCreate(Encoding.UTF8.GetBytes(text), NoLimit, out var content, out _));
        Assert.Equal(text, content.Text, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("a\0b")]
    public void With_a_nul_is_refused(string text)
    {
        Assert.False(FileContent.TryCreate(text, NoLimit, out _, out var error));
        Assert.Equal("The content holds a NUL character, so it is not text.", error);
    }

    [Fact]
    public void With_a_half_of_a_surrogate_pair_is_refused() =>
        Gen.Select(Text.Valid, Gen.Char['\uD800', '\uDFFF'], Gen.OneOf("", "a", "é")).Sample((before, half, after) =>
        {
            Assert.False(FileContent.TryCreate(before + half + after, NoLimit, out _, out var error));
            Assert.Equal("The content is not valid Unicode.", error);
        });

    [Theory]
    [InlineData(0xC0, 0x80)] // NUL, overlong.
    [InlineData(0xE0, 0x80, 0xAF)] // '/', overlong.
    [InlineData(0xED, 0xA0, 0x80)] // A surrogate.
    [InlineData(0xF4, 0x90, 0x80, 0x80)] // Beyond U+10FFFF.
    [InlineData(0xE2, 0x82)] // Cut off.
    [InlineData(0x80)] // A middle without a beginning.
    [InlineData(0xFF, 0xFE, 0x41, 0x00)] // UTF-16.
    [InlineData(0x89, 0x50, 0x4E, 0x47)] // A picture.
    public void That_is_not_utf8_is_refused(params int[] bytes)
    {
        Assert.False(FileContent.TryCreate(Array.ConvertAll(bytes, value => (byte)value), NoLimit, out _, out var error));
        Assert.Equal("The file is not UTF-8 text.", error);
    }

    [Fact]
    public void Of_as_many_bytes_as_allowed_is_taken_and_of_one_more_is_not() =>
        Text.Valid.Where(text => text.Length > 0).Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);

            Assert.True(FileContent.TryCreate(text, bytes.Length, out _, out _));
            Assert.True(FileContent.TryCreate(bytes, bytes.Length, out _, out _));
            Assert.False(FileContent.TryCreate(text, bytes.Length - 1, out _, out _));
            Assert.False(FileContent.TryCreate(bytes, bytes.Length - 1, out _, out var error));
            Assert.Equal($"The content is larger than the {bytes.Length - 1} bytes that a file may have.", error);
        });

    private static byte[] Spoil(string text, byte with, double where)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), (byte)'!'];
        bytes[(int)(where * bytes.Length)] = with;

        return bytes;
    }
}
