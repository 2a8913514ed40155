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

    /// <summary>Refuses an archive with too many entries.</summary>
    /// <exception cref="ArchiveException">There are more.</exception>
    /// <exception cref="InvalidDataException">The directory cannot be found here, so it must not be looked for elsewhere.</exception>
    public static void RefuseMoreEntriesThan(Stream archive, int limit)
    {
        var at = FindDirectory(archive);
        Span<byte> header = stackalloc byte[DirectoryHeaderSize];
        for (var count = 0; TryRead(archive, at, header) && BinaryPrimitives.ReadUInt32LittleEndian(header) == DirectoryHeader; count++)
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

    /// <summary>
    /// Finds the directory that ZipArchive will read. It goes to the 64-bit records as soon as one of three fields of the 32-bit record is
    /// full, and searches around for them; an archive that has them anywhere but where they belong is not worth the doubt.
    /// </summary>
    private static long FindDirectory(Stream archive)
    {
        var tail = new byte[Math.Min(archive.Length, EndRecordSize + MaxCommentSize)];
        if (!TryRead(archive, archive.Length - tail.Length, tail))
        {
            throw new InvalidDataException();
        }

        for (var i = tail.Length - EndRecordSize; i >= 0; i--)
        {
            var record = tail.AsSpan(i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(record) == EndRecord)
            {
                var disk = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
                var entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
                var offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);

                return disk == ushort.MaxValue || entries == ushort.MaxValue || offset == uint.MaxValue
                    ? FindZip64Directory(archive, archive.Length - tail.Length + i)
                    : offset;
            }
        }

        throw new InvalidDataException();
    }

    private static long FindZip64Directory(Stream archive, long endRecord)
    {
        Span<byte> locator = stackalloc byte[Zip64LocatorSize];
        Span<byte> record = stackalloc byte[56];

        return TryRead(archive, endRecord - Zip64LocatorSize, locator)
            && BinaryPrimitives.ReadUInt32LittleEndian(locator) == Zip64Locator
            && TryRead(archive, BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), record)
            && BinaryPrimitives.ReadUInt32LittleEndian(record) == Zip64EndRecord
                ? BinaryPrimitives.ReadInt64LittleEndian(record[48..])
                : throw new InvalidDataException();
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
