namespace PromptStash.MigrationService;

/// <summary>What the worker's exit codes mean, for all verbs. Anything but 0 also comes with one line on standard error.</summary>
public static class ExitCodes
{
    /// <summary>The verb did its work, and what it looked at is as it should be.</summary>
    public const int Done = 0;

    /// <summary>The verb could not do its work: the server cannot be reached, a statement failed, a backup does not hold.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was begun.</summary>
    public const int BadCommandLine = 2;

    /// <summary>The verb would have lost or overwritten something; nothing was changed. The line says which option insists on it.</summary>
    public const int Refused = 3;

    /// <summary>The verb did its work and found something to do: pending migrations, drift, an unsafe migration.</summary>
    public const int Findings = 4;
}
