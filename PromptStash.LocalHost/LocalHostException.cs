namespace PromptStash.LocalHost;

/// <summary>Something only the user can put right. The message says what to do and is printed without a stack trace.</summary>
internal sealed class LocalHostException : Exception
{
    public LocalHostException()
    {
    }

    public LocalHostException(string message)
        : base(message)
    {
    }

    public LocalHostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
