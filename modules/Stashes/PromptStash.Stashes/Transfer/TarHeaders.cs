using System.Buffers.Binary;
using System.Text;

namespace PromptStash.Stashes.Transfer;

/// <summary>
/// Looks at the headers of a tar archive (POSIX.1-2024, pax interchange format) before the framework's reader does: that one takes the
/// whole of an extended header into memory, whatever size it claims to have.
/// </summary>
internal static class TarHeaders
{
    private const int BlockSize = 512;
    private const int SizeAt = 124;
    private const int SizeLength = 12;
    private const int TypeAt = 156;

    /// <summary>A path of 1,024 bytes and whatever else an archiver has to say of a file is far below.</summary>
    private const int MaxExtendedHeader = 64 * 1024;

    /// <summary>Leaves the stream anywhere.</summary>
    /// <exception cref="ArchiveException">It has too many entries or too large a header, or it is cut off.</exception>
    public static void RefuseDangers(Stream seekable, int maxEntries)
    {
        var block = new byte[BlockSize];
        var entries = 0;
        for (long at = 0; at < seekable.Length;)
        {
            seekable.Position = at;
            if (seekable.ReadAtLeast(block, BlockSize, throwOnEndOfStream: false) < BlockSize)
            {
                throw TarArchiveReader.Damaged();
            }

            // The archive ends with empty blocks; what may come behind them is no part of it.
            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                break;
            }

            var size = ReadSize(block.AsSpan(SizeAt, SizeLength));
            var isExtended = block[TypeAt] is (byte)'x' or (byte)'g' or (byte)'X' or (byte)'L' or (byte)'K';
            if (isExtended && size > MaxExtendedHeader)
            {
                throw new ArchiveException($"The archive has a header of more than {MaxExtendedHeader} bytes.");
            }

            // Extended headers do not count, but they cannot outnumber what they belong to without end, either.
            entries++;
            if (entries > (2L * maxEntries) + 1)
            {
                throw new ArchiveException($"The archive has more than {maxEntries} entries.");
            }

            var end = at + BlockSize + ((size + BlockSize - 1) / BlockSize * BlockSize);
            if (size < 0 || end < at || end > seekable.Length)
            {
                throw TarArchiveReader.Damaged();
            }

            at = end;
        }
    }

    /// <summary>Octal digits, or, with the first bit set, a number in big-endian order.</summary>
    private static long ReadSize(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return BinaryPrimitives.ReadInt64BigEndian(field[^sizeof(long)..]);
        }

        var digits = Encoding.ASCII.GetString(field).Trim(' ', '\0');
        try
        {
            return digits.Length == 0 ? 0 : Convert.ToInt64(digits, 8);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw TarArchiveReader.Damaged();
        }
    }
}
