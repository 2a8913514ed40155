using System.Text.Encodings.Web;
using Ganss.Xss;
using Markdig;

namespace PromptStash.Sharing.Preview;

/// <summary>
/// Renders a text as a page: Markdown to HTML, then only what an allow-list names, then (in the headers) a sandbox in which nothing runs or
/// loads. Each of the three would do alone. Nothing that the text names is fetched.
/// </summary>
internal static class MarkdownPreview
{
    /// <summary>The longest text that is rendered, in characters: rendering takes many times its memory.</summary>
    public const int MaxLength = 1024 * 1024;

    // Without HTML of the author's own; the parser also gives up on what is nested too deeply.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseYamlFrontMatter()
        .UsePipeTables()
        .UseAutoLinks()
        .DisableHtml()
        .Build();

    private static readonly HtmlSanitizer Sanitizer = CreateSanitizer();

    /// <summary>The page; null when the text is too long, or nested too deeply, to be rendered.</summary>
    public static string? Render(string path, string text)
    {
        if (text.Length > MaxLength)
        {
            return null;
        }

        var name = HtmlEncoder.Default.Encode(path[(path.LastIndexOf('/') + 1)..]);

        return BodyOf(path, text) is { } body
            ? $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title></head>\n<body>\n{body}\n</body></html>\n"
            : null;
    }

    /// <summary>What is inside the page's body: Markdown rendered, everything else as it is written.</summary>
    public static string? BodyOf(string path, string text)
    {
        if (!path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".markdown", StringComparison.OrdinalIgnoreCase))
        {
            return $"<pre><code>{HtmlEncoder.Default.Encode(text)}</code></pre>";
        }

        try
        {
            return Sanitizer.Sanitize(Markdown.ToHtml(text, Pipeline));
        }
        catch (ArgumentException exception) when (exception.Message.Contains("depth limit", StringComparison.Ordinal))
        {
            // How the parser says that the text is nested too deeply; there is no type of its own for it.
            return null;
        }
    }

    private static HtmlSanitizer CreateSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            // No images: loading one would tell its server who reads.
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "table", "tbody", "td",
                "th", "thead", "tr", "ul",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "title", "start" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            AllowedCssProperties = new HashSet<string>(),
            AllowedAtRules = new HashSet<AngleSharp.Css.Dom.CssRuleType>(),
        })
        {
            KeepChildNodes = false,
            AllowDataAttributes = false,
        };
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is AngleSharp.Html.Dom.IHtmlAnchorElement anchor)
            {
                anchor.SetAttribute("rel", "noopener noreferrer nofollow");
            }
        };

        return sanitizer;
    }
}
