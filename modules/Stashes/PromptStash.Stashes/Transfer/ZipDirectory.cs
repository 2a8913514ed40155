using System.Buffers.Binary;

namespace PromptStash.Stashes.Transfer;

/// <summary>
/// Counts the entries of a zip archive without holding them. ZipArchive reads the whole directory into memory at once, several hundred
/// bytes for an entry of 46, so an archive within its size limit could still ask for half a gigabyte.
/// </summary>
/// <remarks>Layout: PKWARE's APPNOTE 6.3.10, sections 4.3.12 (directory), 4.3.14-4.3.16 (end records).</remarks>
internal static class ZipDirectory
{
    private const uint DirectoryHeader = 0x02014b50;
    private const uint EndRecord = 0x06054b50;
    private const uint Zip64Locator = 0x07064b50;
    private const uint Zip64EndRecord = 0x06064b50;
    private const int DirectoryHeaderSize = 46;
    private const int EndRecordSize = 22;
    private const int Zip64LocatorSize = 20;
    private const int MaxCommentSize = ushort.MaxValue;

    /// <summary>Refuses an archive with too many entries; one whose directory cannot be found is left to ZipArchive to refuse.</summary>
    /// <exception cref="ArchiveException">There are more.</exception>
    public static void RefuseMoreEntriesThan(Stream archive, int limit)
    {
        var at = FindDirectory(archive);
        Span<byte> header = stackalloc byte[DirectoryHeaderSize];
        for (var count = 0; at >= 0 && TryRead(archive, at, header) && BinaryPrimitives.ReadUInt32LittleEndian(header) == DirectoryHeader; count++)
        {
            if (count == limit)
            {
                throw new ArchiveException($"The archive has more than {limit} entries.");
            }

            at += DirectoryHeaderSize
                + BinaryPrimitives.ReadUInt16LittleEndian(header[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        }

        archive.Position = 0;
    }

    private static long FindDirectory(Stream archive)
    {
        var tail = new byte[Math.Min(archive.Length, EndRecordSize + MaxCommentSize)];
        if (!TryRead(archive, archive.Length - tail.Length, tail))
        {
            return -1;
        }

        for (var i = tail.Length - EndRecordSize; i >= 0; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i)) == EndRecord)
            {
                var offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i + 16));

                return offset == uint.MaxValue ? FindZip64Directory(archive, archive.Length - tail.Length + i) : offset;
            }
        }

        return -1;
    }

    private static long FindZip64Directory(Stream archive, long endRecord)
    {
        Span<byte> locator = stackalloc byte[Zip64LocatorSize];
        if (!TryRead(archive, endRecord - Zip64LocatorSize, locator) || BinaryPrimitives.ReadUInt32LittleEndian(locator) != Zip64Locator)
        {
            return -1;
        }

        Span<byte> record = stackalloc byte[56];

        return TryRead(archive, BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), record)
            && BinaryPrimitives.ReadUInt32LittleEndian(record) == Zip64EndRecord
                ? BinaryPrimitives.ReadInt64LittleEndian(record[48..])
                : -1;
    }

    private static bool TryRead(Stream archive, long at, Span<byte> into)
    {
        if (at < 0 || at > archive.Length - into.Length)
        {
            return false;
        }

        archive.Position = at;
        archive.ReadExactly(into);

        return true;
    }
}
