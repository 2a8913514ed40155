namespace PromptStash.Stashes.Transfer;

/// <summary>The archive is refused as a whole; the message is for its sender.</summary>
internal sealed class ArchiveException(string message) : Exception(message);
