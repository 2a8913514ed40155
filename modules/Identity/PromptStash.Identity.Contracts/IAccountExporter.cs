namespace PromptStash.Identity.Contracts;

/// <summary>Adds what a module holds about a user to the archive that the user takes away.</summary>
public interface IAccountExporter
{
    /// <summary>Writes files into the archive, one after the other.</summary>
    Task ExportAsync(Guid userId, IAccountArchive archive, CancellationToken cancellationToken);
}

/// <summary>The archive of an account export.</summary>
public interface IAccountArchive
{
    /// <summary>Begins a file, such as <c>shares.json</c>. Dispose it before the next.</summary>
    Task<Stream> AddFileAsync(string path, CancellationToken cancellationToken);
}
