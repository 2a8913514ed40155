using System.Text;

namespace PromptStash.Stashes.Stashes;

internal static class StashName
{
    /// <summary>
    /// A name as it is stored: without space around it and in Unicode's composed form (NFC), like paths and tags, so that two names that look
    /// the same are the same. Only of text that was found to be valid Unicode.
    /// </summary>
    public static string Of(string text) => text.Trim().Normalize(NormalizationForm.FormC);
}
