namespace PromptStash.Stashes.Transfer;

/// <summary>Files that came one by one, one behind the other in a stream.</summary>
internal sealed class PartsReader(Stream seekable, StashesOptions limits) : ArchiveReader(limits)
{
    /// <summary>Takes up what was written to the stream last.</summary>
    /// <exception cref="ArchiveException">The path leads out.</exception>
    public void Add(string name, long start)
    {
        RefuseEscape(name);
        Add(name, isFolder: false, path => new Part(path, start, seekable.Position - start));
    }

    protected override Stream OpenFile(ArchiveFile file)
    {
        var part = (Part)file;
        seekable.Position = part.Start;

        return new KeptOpen(seekable, part.Length);
    }

    private sealed record Part(string Path, long Start, long Length) : ArchiveFile(Path);
}
