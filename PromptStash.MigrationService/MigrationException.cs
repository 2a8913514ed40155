namespace PromptStash.MigrationService;

/// <summary>The worker cannot go on; the message tells the operator what to do.</summary>
internal sealed class MigrationException : Exception
{
    public MigrationException(string message)
        : base(message)
    {
    }

    public MigrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; init; } = ExitCodes.Failed;

    /// <summary>A verb that would lose or overwrite something, and is not told to.</summary>
    public static MigrationException Refused(string message) => new(message) { ExitCode = ExitCodes.Refused };
}
