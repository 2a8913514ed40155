using System.Formats.Tar;

namespace PromptStash.Stashes.Transfer;

/// <summary>Reads a tar archive that lies unpacked in a file: its contents are found again where they are.</summary>
internal sealed class TarArchiveReader : ArchiveReader
{
    private TarArchiveReader(StashesOptions limits)
        : base(limits)
    {
    }

    /// <summary>Looks at all entries.</summary>
    /// <exception cref="ArchiveException">It is damaged, or its entries are a danger.</exception>
    public static TarArchiveReader Open(Stream seekable, StashesOptions limits, CancellationToken cancellationToken)
    {
        TarHeaders.RefuseDangers(seekable, limits.MaxArchiveEntries);
        seekable.Position = 0;
        var reader = new TarArchiveReader(limits);
        try
        {
            var entries = 0;
            using var tar = new TarReader(seekable, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reader.Sort(entry);
                if (++entries > limits.MaxArchiveEntries)
                {
                    throw new ArchiveException($"The archive has more than {limits.MaxArchiveEntries} entries.");
                }
            }

            return reader;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException)
        {
            reader.Dispose();
            throw Damaged();
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public static ArchiveException Damaged() => new("This is not a tar archive packed with gzip, or a damaged one.");

    protected override Stream OpenFile(ArchiveFile file)
    {
        var data = ((TarFile)file).Data;
        if (data is null)
        {
            return Stream.Null;
        }

        data.Position = 0;

        // The reader closes what it has read; this one is read again when a transaction is repeated.
        return new KeptOpen(data, data.Length);
    }

    private void Sort(TarEntry entry)
    {
        // 'tar -C folder .' calls everything './…', and the folder itself './'.
        var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        switch (entry.EntryType)
        {
            case TarEntryType.GlobalExtendedAttributes:
                return;
            case TarEntryType.Directory:
                RefuseEscape(name);
                if (name.Trim('/') is not ("" or "."))
                {
                    Add(name, isFolder: true, path => new TarFile(path, Data: null));
                }

                return;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                RefuseEscape(name);
                Add(name, isFolder: false, path => new TarFile(path, entry.DataStream));
                return;
            case TarEntryType.SymbolicLink:
                throw new ArchiveException($"'{name}' is a symbolic link; links are not imported.");
            case TarEntryType.HardLink:
                throw new ArchiveException($"'{name}' is a hard link; links are not imported.");
            default:
                throw new ArchiveException($"'{name}' is neither a file nor a folder.");
        }
    }

    private sealed record TarFile(string Path, Stream? Data) : ArchiveFile(Path);
}
