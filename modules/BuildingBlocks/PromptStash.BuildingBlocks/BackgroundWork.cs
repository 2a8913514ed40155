namespace PromptStash.BuildingBlocks;

/// <summary>What a process does by itself, by name: so that its statements say whose they are as those of requests do.</summary>
public static class BackgroundWork
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>The work under way here; null in a request. Set in an asynchronous method it ends with it.</summary>
    /// <remarks>It is put into comments of statements: a name of ours, never anything that was sent or stored.</remarks>
    public static string? Name
    {
        get => Current.Value;
        set => Current.Value = value;
    }
}
