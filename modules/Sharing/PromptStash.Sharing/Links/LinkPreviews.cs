namespace PromptStash.Sharing.Links;

/// <summary>
/// Programs that look at a link because somebody wrote it into a message, and browsers that fetch ahead: nobody has opened it, so it is
/// neither counted nor shown.
/// </summary>
internal static class LinkPreviews
{
    private static readonly string[] Agents =
    [
        "Slackbot", "Slack-ImgProxy", "Twitterbot", "facebookexternalhit", "Discordbot", "TelegramBot", "WhatsApp", "LinkedInBot", "SkypeUriPreview",
        "MicrosoftPreview", "Teams", "Google-Safety", "Googlebot", "bingbot", "Mattermost", "Iframely", "redditbot", "Applebot", "Embedly", "Zulip",
    ];

    public static bool IsOne(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();

        return Array.Exists(Agents, name => agent.Contains(name, StringComparison.OrdinalIgnoreCase))
            || request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
            || request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);
    }
}
