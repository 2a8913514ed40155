using System.IO.Compression;

namespace PromptStash.Stashes.Transfer;

/// <summary>Reads a zip archive.</summary>
internal sealed class ZipReader : ArchiveReader
{
    private const int UnixTypeMask = 0xF000;
    private const int UnixRegularFile = 0x8000;
    private const int UnixFolder = 0x4000;
    private const int UnixLink = 0xA000;

    private readonly ZipArchive _archive;

    private ZipReader(ZipArchive archive, StashesOptions limits)
        : base(limits) => _archive = archive;

    /// <summary>Opens an archive and looks at all its entries, before anything is unpacked.</summary>
    /// <exception cref="ArchiveException">It is damaged, or its entries are a danger.</exception>
    public static new ZipReader Open(Stream seekable, StashesOptions limits)
    {
        ZipReader? reader = null;
        try
        {
            ZipDirectory.RefuseMoreEntriesThan(seekable, limits.MaxArchiveEntries);
            reader = new ZipReader(new ZipArchive(seekable, ZipArchiveMode.Read, leaveOpen: true), limits);

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

    public override void Dispose()
    {
        _archive.Dispose();
        base.Dispose();
    }

    protected override Stream OpenFile(ArchiveFile file) => ((ZipFile)file).Entry.Open();

    /// <summary>The checksum, which ZipArchive does not look at.</summary>
    protected override bool IsIntact(ArchiveFile file, uint crc) => crc == ((ZipFile)file).Entry.Crc32;

    private void Sort(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        RefuseEscape(name);
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

        Add(name, name.EndsWith('/'), path => new ZipFile(path, entry));
    }

    private sealed record ZipFile(string Path, ZipArchiveEntry Entry) : ArchiveFile(Path);
}
