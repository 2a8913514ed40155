using System.Buffers;
using System.IO.Hashing;
using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Transfer;

/// <summary>A file of an archive whose path keeps the rules.</summary>
internal abstract record ArchiveFile(string Path);

/// <summary>Something of an archive that was left out.</summary>
/// <param name="Path">As the archive spells it.</param>
/// <param name="Reason">In words.</param>
internal sealed record SkippedEntry(string Path, string Reason);

/// <summary>Reads an archive that somebody sent and nothing in which is to be trusted, least of all the sizes in its headers.</summary>
internal abstract class ArchiveReader(StashesOptions limits) : IDisposable
{
    /// <summary>What stands in place of bytes that are not UTF-8: archives of old are in the code page of their maker.</summary>
    private const char UnreadableCharacter = '\uFFFD';

    /// <summary>The files that were read already.</summary>
    private readonly HashSet<ArchiveFile> _counted = new(ReferenceEqualityComparer.Instance);

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private long _unpacked;
    private long _read;

    /// <summary>The files, in the order of the archive.</summary>
    public List<ArchiveFile> Files { get; } = [];

    /// <summary>The folders that have an entry of their own.</summary>
    public List<string> Folders { get; } = [];

    /// <summary>What is left out because of its path.</summary>
    public List<SkippedEntry> Skipped { get; } = [];

    /// <summary>Opens a zip archive and looks at all its entries, before anything is unpacked.</summary>
    /// <exception cref="ArchiveException">It is damaged, or its entries are a danger.</exception>
    public static ArchiveReader Open(Stream seekable, StashesOptions limits) => ZipReader.Open(seekable, limits);

    /// <summary>Starts counting anew, when a transaction is repeated from its start.</summary>
    public void StartOver()
    {
        _counted.Clear();
        _unpacked = 0;
        _read = 0;
    }

    /// <summary>
    /// Unpacks one file. Null, with the reason, where it is none that a stash keeps. The first call for a file counts towards what the archive
    /// may unpack to, and every call towards what an import may read: a file that is several versions is read for each of them.
    /// </summary>
    /// <exception cref="ArchiveException">The archive is damaged or unpacks to more than is allowed.</exception>
    public FileContent? Read(ArchiveFile file, out string reason)
    {
        var length = Unpack(file, limits.MaxFileBytes);
        if (length > limits.MaxFileBytes)
        {
            reason = $"The file has more than {limits.MaxFileBytes} bytes.";
            return null;
        }

        return FileContent.TryCreate(_buffer.AsSpan(0, (int)length), limits.MaxFileBytes, out var content, out reason) ? content : null;
    }

    /// <summary>Unpacks one file that is none for a stash, and counts as any other.</summary>
    /// <param name="file">The file.</param>
    /// <param name="maxBytes">What it may have.</param>
    /// <param name="bytes">Its bytes, until the next one is read; those that are allowed, where it has more.</param>
    /// <returns>Whether it has no more than allowed.</returns>
    /// <exception cref="ArchiveException">The archive is damaged or unpacks to more than is allowed.</exception>
    public bool TryReadBytes(ArchiveFile file, int maxBytes, out ReadOnlySpan<byte> bytes)
    {
        var length = Unpack(file, maxBytes);
        bytes = _buffer.AsSpan(0, (int)Math.Min(length, maxBytes));

        return length <= maxBytes;
    }

    public virtual void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a file at its beginning.</summary>
    protected abstract Stream OpenFile(ArchiveFile file);

    /// <summary>Whether what was unpacked is what was packed, where the archive can tell.</summary>
    protected virtual bool IsIntact(ArchiveFile file, uint crc) => true;

    /// <summary>Refuses the archive if a path leads out of it.</summary>
    protected static void RefuseEscape(string name)
    {
        if (StashPath.Escapes(name))
        {
            throw new ArchiveException($"The archive has a path that leads out of it: '{name}'.");
        }
    }

    /// <summary>Takes up a file or a folder, or notes why not.</summary>
    protected void Add(string name, bool isFolder, Func<string, ArchiveFile> file)
    {
        if (name.Contains(UnreadableCharacter, StringComparison.Ordinal))
        {
            Skipped.Add(new SkippedEntry(name, "The name is not UTF-8, so it cannot be kept as it is."));
        }
        else if (!StashPath.TryParse(isFolder ? name.TrimEnd('/') : name, out var path, out var error))
        {
            Skipped.Add(new SkippedEntry(name, error));
        }
        else if (isFolder)
        {
            Folders.Add(path);
        }
        else
        {
            Files.Add(file(path));
        }
    }

    /// <summary>Unpacks into the buffer what a file may hold, and counts the rest.</summary>
    private long Unpack(ArchiveFile file, int maxBytes)
    {
        try
        {
            return UnpackIntact(file, maxBytes);
        }
        catch (InvalidDataException)
        {
            throw new ArchiveException($"The archive is damaged: '{file.Path}' cannot be unpacked.");
        }
    }

    private long UnpackIntact(ArchiveFile file, int maxBytes)
    {
        using var stream = OpenFile(file);
        var isFirst = _counted.Add(file);
        var crc = new Crc32();
        long length = 0;
        while (true)
        {
            // One byte more than allowed is kept, so that the caller sees that there was one; what follows only passes through.
            var at = (int)Math.Min(length, maxBytes + 1L);
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
            _unpacked += isFirst ? read : 0;
            if (_unpacked > limits.MaxUnpackedBytes)
            {
                throw new ArchiveException($"The archive unpacks to more than {limits.MaxUnpackedBytes} bytes.");
            }

            _read += read;
            if (_read > limits.MaxImportedBytes)
            {
                throw new ArchiveException($"The versions in the archive have more than {limits.MaxImportedBytes} bytes of text together.");
            }
        }

        return IsIntact(file, crc.GetCurrentHashAsUInt32()) ? length : throw new InvalidDataException();
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan().CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
