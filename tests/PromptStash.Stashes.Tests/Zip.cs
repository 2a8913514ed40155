using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace PromptStash.Stashes.Tests;

/// <summary>An entry of an archive, honest unless told otherwise.</summary>
internal sealed record ZipEntry(string Name, byte[] Content)
{
    public ZipEntry(string name, string content = "")
        : this(name, Encoding.UTF8.GetBytes(content))
    {
    }

    public bool Deflate { get; init; } = true;

    public ushort Flags { get; init; } = 0x0800; // The name is UTF-8.

    /// <summary>A Unix mode: 0x8000 a file, 0xA000 a link.</summary>
    public int UnixMode { get; init; } = 0x81A4;

    public uint? ForgedCrc { get; init; }

    public uint? ForgedSize { get; init; }

    public ushort? ForgedMethod { get; init; }
}

/// <summary>What the end of an archive says.</summary>
internal sealed record ZipEnd
{
    public ushort? ForgedCount { get; init; }

    /// <summary>Where the 32-bit record says that the directory is.</summary>
    public uint? ForgedOffset { get; init; }

    /// <summary>Adds the 64-bit records, and has the 32-bit one point to them by its count.</summary>
    public bool Zip64 { get; init; }

    public ulong? ForgedZip64Count { get; init; }

    public string Comment { get; init; } = "";

    /// <summary>Bytes between the 64-bit locator and the end record, where none belong.</summary>
    public int Gap { get; init; }
}

/// <summary>Writes archives byte by byte, wrong ones too, which a library does not. Layout: PKWARE's APPNOTE 6.3.10.</summary>
internal static class Zip
{
    public static MemoryStream Of(params ZipEntry[] entries) => Of(new ZipEnd(), entries);

    public static MemoryStream Of(ZipEnd end, params IEnumerable<ZipEntry> entries) => new(BytesOf(end, entries));

    public static byte[] BytesOf(ZipEnd end, IEnumerable<ZipEntry> entries)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var directory = new List<byte[]>();
        foreach (var entry in entries)
        {
            directory.Add(WriteEntry(writer, entry));
        }

        var start = stream.Position;
        directory.ForEach(writer.Write);
        var size = stream.Position - start;
        if (end.Zip64)
        {
            WriteZip64End(writer, end.ForgedZip64Count ?? (ulong)directory.Count, size, start);
            writer.Write(new byte[end.Gap]);
        }

        var count = end.ForgedCount ?? (end.Zip64 ? ushort.MaxValue : (ushort)directory.Count);
        writer.Write(0x06054b50);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write(count);
        writer.Write(count);
        writer.Write((uint)size);
        writer.Write(end.ForgedOffset ?? (uint)start);
        var comment = Encoding.UTF8.GetBytes(end.Comment);
        writer.Write((ushort)comment.Length);
        writer.Write(comment);

        return stream.ToArray();
    }

    private static byte[] WriteEntry(BinaryWriter writer, ZipEntry entry)
    {
        var offset = writer.BaseStream.Position;
        var name = Encoding.UTF8.GetBytes(entry.Name);
        var data = entry.Deflate ? Deflated(entry.Content) : entry.Content;
        var common = new byte[26];
        BinaryPrimitives.WriteUInt16LittleEndian(common, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(2), entry.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(4), entry.ForgedMethod ?? (entry.Deflate ? (ushort)8 : (ushort)0));
        BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(6), 0x00210000); // 1980-01-01.
        BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(10), entry.ForgedCrc ?? Crc32.HashToUInt32(entry.Content));
        BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(14), (uint)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(common.AsSpan(18), entry.ForgedSize ?? (uint)entry.Content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(common.AsSpan(22), (ushort)name.Length);

        writer.Write(0x04034b50);
        writer.Write(common);
        writer.Write(name);
        writer.Write(data);

        using var header = new MemoryStream();
        using var central = new BinaryWriter(header);
        central.Write(0x02014b50);
        central.Write((ushort)((3 << 8) | 20)); // Made on Unix, so that the mode counts.
        central.Write(common);
        central.Write((ushort)0); // No comment.
        central.Write((ushort)0); // The first disk.
        central.Write((ushort)0);
        central.Write((uint)entry.UnixMode << 16);
        central.Write((uint)offset);
        central.Write(name);

        return header.ToArray();
    }

    private static void WriteZip64End(BinaryWriter writer, ulong count, long size, long start)
    {
        var record = writer.BaseStream.Position;
        writer.Write(0x06064b50);
        writer.Write(44L);
        writer.Write((ushort)45);
        writer.Write((ushort)45);
        writer.Write(0);
        writer.Write(0);
        writer.Write(count);
        writer.Write(count);
        writer.Write(size);
        writer.Write(start);
        writer.Write(0x07064b50);
        writer.Write(0);
        writer.Write(record);
        writer.Write(1);
    }

    private static byte[] Deflated(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return stream.ToArray();
    }
}
