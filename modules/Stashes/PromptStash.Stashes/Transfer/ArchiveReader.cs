using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Transfer;

/// <summary>A file of an archive whose path keeps the rules.</summary>
internal sealed record ArchiveFile(string Path, ZipArchiveEntry Entry);

/// <summary>Something of an archive that was left out.</summary>
/// <param name="Path">As the archive spells it.</param>
/// <param name="Reason">In words.</param>
internal sealed record SkippedEntry(string Path, string Reason);

/// <summary>Reads an archive that somebody sent and nothing in which is to be trusted, least of all the sizes in its headers.</summary>
internal sealed class ArchiveReader : IDisposable
{
    /// <summary>What ZipArchive puts in place of bytes that are not UTF-8: archives of old are in the code page of their maker.</summary>
    private const char UnreadableCharacter = '\uFFFD';

    private const int UnixTypeMask = 0xF000;
    private const int UnixRegularFile = 0x8000;
    private const int UnixFolder = 0x4000;
    private const int UnixLink = 0xA000;

    private readonly ZipArchive _archive;
    private readonly StashesOptions _limits;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private long _unpacked;

    private ArchiveReader(ZipArchive archive, StashesOptions limits)
    {
        _archive = archive;
        _limits = limits;
    }

    /// <summary>The files, in the order of the archive.</summary>
    public List<ArchiveFile> Files { get; } = [];

    /// <summary>The folders that have an entry of their own.</summary>
    public List<string> Folders { get; } = [];

    /// <summary>What is left out because of its path.</summary>
    public List<SkippedEntry> Skipped { get; } = [];

    /// <summary>Opens an archive and looks at all its entries, before anything is unpacked.</summary>
    /// <exception cref="ArchiveException">It is damaged, or its entries are a danger.</exception>
    public static ArchiveReader Open(Stream seekable, StashesOptions limits)
    {
        ArchiveReader? reader = null;
        try
        {
            ZipDirectory.RefuseMoreEntriesThan(seekable, limits.MaxArchiveEntries);
            reader = new ArchiveReader(new ZipArchive(seekable, ZipArchiveMode.Read, leaveOpen: true), limits);

            // Only this reads the directory, and finds what is wrong with it.
            foreach (var entry in reader._archive.Entries)
            {
                reader.Sort(entry);
            }

            return reader;
        }
        catch (InvalidDataException)
        {
            reader?.Dispose();
            throw new ArchiveException("This is not a zip archive, or a damaged one.");
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    /// <summary>Starts counting anew, when a transaction is repeated from its start.</summary>
    public void StartOver() => _unpacked = 0;

    /// <summary>
    /// Unpacks one file. Null, with the reason, where it is none that a stash keeps. Call it once for every file: it counts what the archive
    /// unpacks to.
    /// </summary>
    /// <exception cref="ArchiveException">The archive is damaged or unpacks to more than is allowed.</exception>
    public FileContent? Read(ArchiveFile file, out string reason)
    {
        try
        {
            var length = Unpack(file.Entry);
            if (length > _limits.MaxFileBytes)
            {
                reason = $"The file has more than {_limits.MaxFileBytes} bytes.";
                return null;
            }

            return FileContent.TryCreate(_buffer.AsSpan(0, (int)length), _limits.MaxFileBytes, out var content, out reason) ? content : null;
        }
        catch (InvalidDataException)
        {
            throw new ArchiveException($"The archive is damaged: '{file.Path}' cannot be unpacked.");
        }
    }

    public void Dispose()
    {
        _archive.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private void Sort(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        if (StashPath.Escapes(name))
        {
            throw new ArchiveException($"The archive has a path that leads out of it: '{name}'.");
        }

        if (entry.IsEncrypted)
        {
            throw new ArchiveException($"'{name}' is encrypted.");
        }

        // The upper half is the Unix mode, where the archive was made on Unix; 0 elsewhere.
        switch ((entry.ExternalAttributes >> 16) & UnixTypeMask)
        {
            case 0 or UnixRegularFile or UnixFolder:
                break;
            case UnixLink:
                throw new ArchiveException($"'{name}' is a symbolic link; links are not imported.");
            default:
                throw new ArchiveException($"'{name}' is neither a file nor a folder.");
        }

        if (name.Contains(UnreadableCharacter, StringComparison.Ordinal))
        {
            Skipped.Add(new SkippedEntry(name, "The name is not UTF-8, so it cannot be kept as it is."));
            return;
        }

        var isFolder = name.EndsWith('/');
        if (!StashPath.TryParse(isFolder ? name.TrimEnd('/') : name, out var path, out var error))
        {
            Skipped.Add(new SkippedEntry(name, error));
        }
        else if (isFolder)
        {
            Folders.Add(path);
        }
        else
        {
            Files.Add(new ArchiveFile(path, entry));
        }
    }

    /// <summary>Unpacks into the buffer what a file may hold, counts the rest, and checks the checksum, which ZipArchive does not.</summary>
    private long Unpack(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var crc = new Crc32();
        long length = 0;
        while (true)
        {
            // One byte more than allowed is kept, so that the caller sees that there was one; what follows only passes through.
            var at = (int)Math.Min(length, _limits.MaxFileBytes + 1L);
            if (at == _buffer.Length)
            {
                Grow();
            }

            var read = stream.Read(_buffer, at, _buffer.Length - at);
            if (read == 0)
            {
                break;
            }

            crc.Append(_buffer.AsSpan(at, read));
            length += read;
            _unpacked += read;
            if (_unpacked > _limits.MaxUnpackedBytes)
            {
                throw new ArchiveException($"The archive unpacks to more than {_limits.MaxUnpackedBytes} bytes.");
            }
        }

        return crc.GetCurrentHashAsUInt32() == entry.Crc32 ? length : throw new InvalidDataException();
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan().CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
