namespace PromptStash.Identity;

/// <summary>Where the API is reached from outside: section <c>Api</c>.</summary>
internal sealed class PublicAddressOptions
{
    public const string Section = "Api";

    /// <summary>
    /// The address that links in mails are built from, such as <c>https://prompts.example.com</c>; never the request's Host, which its
    /// sender chooses. Its origin is trusted. Default: none.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>Other origins whose pages may call this API with its cookies, such as <c>https://app.example.com</c>. Default: none.</summary>
    public IList<string> TrustedOrigins { get; } = [];
}
