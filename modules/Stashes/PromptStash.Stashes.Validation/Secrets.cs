using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace PromptStash.Stashes.Validation;

/// <summary>Finds secrets by the shapes that their providers give them and, in configurations and logs, by how random they look.</summary>
internal static class Secrets
{
    private const string Word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string WordDash = Word + "-_";

    private static readonly SearchValues<char> Base64 = SearchValues.Create(Word + "+/=");

    /// <summary>What the lines of a key are made of, also where JSON writes their ends as \n, and those of its headers (RFC 1421).</summary>
    private static readonly SearchValues<char> KeyLines = SearchValues.Create(Word + "+/=\\\r\n \t:,");

    private static readonly SearchValues<char> EndOfUserInfo = SearchValues.Create("@/ \t\r\n\"'`<>()\\");

    private static readonly SearchValues<char> HostNames = SearchValues.Create(WordDash + ".");
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Bits per character from which on text is taken for random. English has about 4 over many words, but hardly in 20 characters without a space.</summary>
    private const double RandomBits = 3.5;

    private static readonly Shape[] Shapes =
    [
        new("sk-ant-", WordDash, 32, 200, FindingCodes.SecretAnthropicKey, "ANTHROPIC_API_KEY", "an Anthropic API key"),
        new("sk-proj-", WordDash, 32, 220, FindingCodes.SecretOpenaiKey, "OPENAI_API_KEY", "an OpenAI API key"),
        new("sk-svcacct-", WordDash, 32, 220, FindingCodes.SecretOpenaiKey, "OPENAI_API_KEY", "an OpenAI API key"),
        new("sk-", Word, 40, 64, FindingCodes.SecretOpenaiKey, "OPENAI_API_KEY", "an OpenAI API key"),
        new("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 16, FindingCodes.SecretAwsAccessKey, "AWS_ACCESS_KEY_ID", "an AWS access key"),
        new("ASIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 16, FindingCodes.SecretAwsAccessKey, "AWS_ACCESS_KEY_ID", "an AWS access key"),
        new("ghp_", Word, 36, 80, FindingCodes.SecretGithubToken, "GITHUB_TOKEN", "a GitHub token"),
        new("gho_", Word, 36, 80, FindingCodes.SecretGithubToken, "GITHUB_TOKEN", "a GitHub token"),
        new("ghu_", Word, 36, 80, FindingCodes.SecretGithubToken, "GITHUB_TOKEN", "a GitHub token"),
        new("ghs_", Word, 36, 80, FindingCodes.SecretGithubToken, "GITHUB_TOKEN", "a GitHub token"),
        new("ghr_", Word, 36, 80, FindingCodes.SecretGithubToken, "GITHUB_TOKEN", "a GitHub token"),
        new("github_pat_", Word + "_", 50, 120, FindingCodes.SecretGithubToken, "GITHUB_TOKEN", "a GitHub token"),
        new("glpat-", WordDash, 20, 60, FindingCodes.SecretGitlabToken, "GITLAB_TOKEN", "a GitLab token"),
        new("AIza", WordDash, 35, 35, FindingCodes.SecretGoogleApiKey, "GOOGLE_API_KEY", "a Google API key"),
        new("xoxb-", WordDash, 24, 120, FindingCodes.SecretSlackToken, "SLACK_TOKEN", "a Slack token"),
        new("xoxp-", WordDash, 24, 120, FindingCodes.SecretSlackToken, "SLACK_TOKEN", "a Slack token"),
        new("xoxa-", WordDash, 24, 120, FindingCodes.SecretSlackToken, "SLACK_TOKEN", "a Slack token"),
        new("xapp-", WordDash, 24, 160, FindingCodes.SecretSlackToken, "SLACK_TOKEN", "a Slack token"),
        new("hooks.slack.com/services/", Word + "/", 40, 60, FindingCodes.SecretSlackWebhook, "SLACK_WEBHOOK", "the address of a Slack webhook"),
        new("sk_live_", Word, 20, 120, FindingCodes.SecretStripeKey, "STRIPE_API_KEY", "a Stripe key"),
        new("rk_live_", Word, 20, 120, FindingCodes.SecretStripeKey, "STRIPE_API_KEY", "a Stripe key"),
        new("npm_", Word, 36, 36, FindingCodes.SecretNpmToken, "NPM_TOKEN", "an npm token"),
        new("pypi-AgEIcHlwaS5vcmc", WordDash, 50, 250, FindingCodes.SecretPypiToken, "PYPI_TOKEN", "a PyPI token"),
        new("hf_", Word, 34, 40, FindingCodes.SecretHuggingfaceToken, "HF_TOKEN", "a Hugging Face token"),
        new("SG.", WordDash + ".", 60, 80, FindingCodes.SecretSendgridKey, "SENDGRID_API_KEY", "a SendGrid key"),
    ];

    private static readonly SearchValues<string> Prefixes =
        SearchValues.Create([.. Shapes.Select(shape => shape.Prefix), "PRIVATE KEY-----", "://"], StringComparison.Ordinal);

    private static readonly string[] Placeholders =
        ["example", "xxxx", "your", "placeholder", "changeme", "change-me", "dummy", "redacted", "insert", "replace", "1234567890", "abcdefgh", "sample", "fake", "test"];

    /// <summary>What a name ends with that says secret and holds none: the name, number or place of one.</summary>
    private static readonly string[] AboutSecrets =
        ["id", "ids", "name", "url", "uri", "path", "file", "dir", "endpoint", "type", "arn", "ref", "izer", "model", "version", "count", "limit", "expires", "expiry", "at"];

    /// <summary>What stands before "_KEY" where the key is for everybody to see, or one of a table, a cache or a store.</summary>
    private static readonly string[] OpenKeys =
        ["public", "publishable", "anon", "site", "primary", "foreign", "cache", "sort", "partition", "idempotency", "object"];

    /// <summary>The names of this machine and of a neighbour in its own network, with which documentation begins its addresses.</summary>
    private static readonly string[] LocalLabels = ["db", "example", "host", "postgres"];

    /// <summary>Names that are nobody's (RFC 2606, RFC 6761).</summary>
    private static readonly string[] ReservedNames = ["example.com", "example.org", "example.net", "example", "test", "invalid", "localhost"];

    /// <summary>
    /// A name that says secret, an equals sign or colon, and a value without spaces. The name may go on (DB_PASSWORD_PROD), but not where a
    /// space separates it from the value: then it is the word of a sentence. So is "-key" without a sign.
    /// </summary>
    private static readonly Regex Assignment = new(
        @"(?:(?:(?:secret|token|passwd|password|api[_-]?key|private[_-]?key|access[_-]?key|credential|bearer)(?<rest>[a-z0-9_-]*)|(?:^|[^a-z])pat(?<rest>(?:[_-][a-z0-9_-]*)?))"
        + @"\\?[""']?(?:\s*[:=]\s*|\s)|[_-](?<key>key)\\?[""']?\s*[:=]\s*)\\?[""']?(?:bearer\s|basic\s)?(?<value>[a-z0-9+/_=.-]{20,})",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The header in which a server is sent a secret: in JSON, in YAML, and as the argument of a program.</summary>
    private static readonly Regex Authorization = new(
        @"authorization\\?[""']?\s*[:=]\s*\\?[""']?(?<scheme>basic|bearer|token)\s+(?<value>[a-z0-9+/_=.~-]{8,})",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static void Check(Report report)
    {
        var found = new List<(int Start, int End)>();
        CheckShapes(report, found);
        if (report.Kind is FileKind.Mcp or FileKind.Settings or FileKind.Hooks or FileKind.Plugin or FileKind.Marketplace or FileKind.Session)
        {
            CheckAuthorization(report, found);
            CheckAssignments(report, found);
        }
    }

    /// <summary>An address as it may be shown: without what stands before the host and after the path.</summary>
    public static string Masked(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var at = address.LastIndexOf('@');
        var masked = scheme >= 0 && at > scheme ? address[..(scheme + 3)] + "…" + address[at..] : address;
        var query = masked.IndexOf('?', StringComparison.Ordinal);

        return query < 0 ? masked : masked[..query];
    }

    private static void CheckShapes(Report report, List<(int Start, int End)> found)
    {
        var text = report.Text;
        for (var at = text.AsSpan().IndexOfAny(Prefixes); at >= 0 && !report.IsFull;)
        {
            var end = text[at] switch
            {
                'P' => PrivateKey(report, at),
                ':' => PasswordInUrl(report, at),
                _ => Shaped(report, at),
            };
            if (end > at)
            {
                found.Add((at, end));
            }

            var from = Math.Max(end, at + 1);
            var next = text.AsSpan(from).IndexOfAny(Prefixes);
            at = next < 0 ? -1 : from + next;
        }
    }

    /// <summary>Where the secret that begins here ends; 0 when none does.</summary>
    private static int Shaped(Report report, int at)
    {
        var text = report.Text.AsSpan();
        if (at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '_'))
        {
            return 0;
        }

        foreach (var shape in Shapes)
        {
            if (!text[at..].StartsWith(shape.Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var body = text[(at + shape.Prefix.Length)..];
            var length = body[..Math.Min(body.Length, shape.Max + 1)].IndexOfAnyExcept(shape.Alphabet);
            length = length < 0 ? Math.Min(body.Length, shape.Max + 1) : length;
            if (length < shape.Min || length > shape.Max || (length < body.Length && char.IsAsciiLetterOrDigit(body[length])) || IsPlaceholder(body[..length]))
            {
                continue;
            }

            var end = at + shape.Prefix.Length + length;
            report.AddSecret(shape.Code, at, end, $"Here is {shape.Name}.", report.VariableFix(at, end, shape.Variable));
            return end;
        }

        return 0;
    }

    private static int PrivateKey(Report report, int at)
    {
        const int longestHeader = 30;
        var text = report.Text;
        var from = Math.Max(0, at - longestHeader);
        var begin = text.AsSpan(from, at - from).LastIndexOf("-----BEGIN ");
        if (begin < 0)
        {
            return 0;
        }

        // A key's lines have 64 characters; in JSON its line ends are written \n. What only mentions a key has none.
        var body = text.AsSpan(at + "PRIVATE KEY-----".Length);
        var key = body.TrimStart("\\nr\r\n \t\"");
        var length = key.IndexOfAnyExcept(Base64);
        length = length < 0 ? key.Length : length;
        if (length < 40 || IsPlaceholder(key[..Math.Min(length, 64)]))
        {
            return 0;
        }

        report.AddSecret(FindingCodes.SecretPrivateKey, from + begin, EndOfKey(text, at + "PRIVATE KEY-----".Length), "Here is a private key.");
        return at + "PRIVATE KEY-----".Length + length;
    }

    /// <summary>Where a key ends whose lines begin here: with the last one that can belong to it.</summary>
    private static int EndOfKey(string text, int start)
    {
        var length = text.AsSpan(start).IndexOfAnyExcept(KeyLines);

        return length < 0 ? text.Length : start + length;
    }

    /// <summary><c>scheme://user:password@host</c>.</summary>
    private static int PasswordInUrl(Report report, int at)
    {
        const int longest = 300;
        var rest = report.Text.AsSpan(at + 3);
        rest = rest[..Math.Min(rest.Length, longest)];
        var end = rest.IndexOfAny(EndOfUserInfo);
        if (end < 0 || rest[end] != '@')
        {
            return 0;
        }

        var colon = rest[..end].IndexOf(':');
        if (colon < 0)
        {
            return 0;
        }

        var password = rest[(colon + 1)..end];
        var host = rest[(end + 1)..];

        // Documentation is full of user:password@localhost.
        if (!IsMadeUp(password) || IsLocal(host))
        {
            return 0;
        }

        var start = at + 3 + colon + 1;
        report.AddSecret(FindingCodes.SecretPasswordInUrl, start, start + password.Length, "Here is a password in an address.", report.VariableFix(start, start + password.Length, "PASSWORD"));
        return start + password.Length;
    }

    /// <summary>A password that somebody made up is longer than one of an example, and has digits.</summary>
    private static bool IsMadeUp(ReadOnlySpan<char> password) =>
        password.Length >= 8 && !password.ContainsAny('$', '{') && password.ContainsAnyInRange('0', '9') && !IsPlaceholder(password, minBits: 2.5);

    /// <summary>Whether an address goes on with a host that is this machine, its neighbour or nobody.</summary>
    private static bool IsLocal(ReadOnlySpan<char> host)
    {
        if (host.StartsWith("[::1]") || host.StartsWith("0.0.0.0"))
        {
            return true;
        }

        var length = host.IndexOfAnyExcept(HostNames);
        var name = (length < 0 ? host : host[..length]).TrimEnd('.');
        if (!name.Contains('.'))
        {
            // Without a domain it is found from here only.
            return StartsWithAny(name, LocalLabels) || name.Equals("localhost", StringComparison.OrdinalIgnoreCase);
        }

        foreach (var reserved in ReservedNames)
        {
            if (name.EndsWith(reserved, StringComparison.OrdinalIgnoreCase) && (name.Length == reserved.Length || name[^(reserved.Length + 1)] == '.'))
            {
                return true;
            }
        }

        return name.Equals("host.docker.internal", StringComparison.OrdinalIgnoreCase) || (name.StartsWith("127.") && !name.ContainsAnyExcept(Digits));
    }

    private static bool StartsWithAny(ReadOnlySpan<char> text, ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void CheckAuthorization(Report report, List<(int Start, int End)> found)
    {
        var more = new List<(int Start, int End)>();
        foreach (var match in Authorization.Matches(report.Text).TakeWhile(_ => !report.IsFullOf(Severity.Warning)))
        {
            var value = match.Groups["value"];
            var end = value.Index + value.Length;
            if (IsSent(match.Groups["scheme"].ValueSpan, value.ValueSpan) && !Overlaps(found, value.Index, end))
            {
                more.Add((value.Index, end));
                report.AddSecret(
                    FindingCodes.SecretHighEntropy, value.Index, end, "Here is what is sent to a server to be let in.", report.VariableFix(value.Index, end, "AUTHORIZATION"));
            }
        }

        found.AddRange(more);
        found.Sort();
    }

    /// <summary>Whether the value of a header is a secret: Basic encodes a name and a password (RFC 7617), all others send it as it is.</summary>
    private static bool IsSent(ReadOnlySpan<char> scheme, ReadOnlySpan<char> value)
    {
        if (!scheme.Equals("basic", StringComparison.OrdinalIgnoreCase))
        {
            const int shortest = 16;

            return value.Length >= shortest && IsMixed(value) && !value.Contains("..", StringComparison.Ordinal) && !IsPlaceholder(value);
        }

        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64Chars(value, bytes, out var written))
        {
            return false;
        }

        var credentials = Encoding.UTF8.GetString(bytes, 0, written);
        var password = credentials[(credentials.IndexOf(':', StringComparison.Ordinal) + 1)..];

        // A key is sent as a name without a password.
        return IsMadeUp(password.Length > 0 ? password : credentials.TrimEnd(':'));
    }

    private static bool IsMixed(ReadOnlySpan<char> text) => text.ContainsAnyInRange('0', '9') && (text.ContainsAnyInRange('a', 'z') || text.ContainsAnyInRange('A', 'Z'));

    private static void CheckAssignments(Report report, List<(int Start, int End)> found)
    {
        foreach (var match in Assignment.Matches(report.Text).TakeWhile(_ => !report.IsFullOf(Severity.Warning)))
        {
            var value = match.Groups["value"];
            var end = value.Index + value.Length;
            var text = value.ValueSpan;
            if (IsMixed(text) && NamesASecret(report.Text, match) && !IsPath(text) && !text.Contains("..", StringComparison.Ordinal) && !IsPlaceholder(text) && !Overlaps(found, value.Index, end))
            {
                report.AddSecret(FindingCodes.SecretHighEntropy, value.Index, end, "Here is a random value under a name that says secret.", report.VariableFix(value.Index, end, "SECRET"));
            }
        }
    }

    private static bool NamesASecret(string text, Match match)
    {
        if (match.Groups["key"].Success)
        {
            var start = match.Index;
            while (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]))
            {
                start--;
            }

            return start < match.Index && !OpenKeys.Contains(text[start..match.Index], StringComparer.OrdinalIgnoreCase);
        }

        var rest = match.Groups["rest"].ValueSpan;
        if (rest.IsEmpty)
        {
            return true;
        }

        var afterName = match.Groups["rest"].Index + rest.Length - match.Index;
        var isSentence = !match.ValueSpan[afterName..(match.Groups["value"].Index - match.Index)].ContainsAny(':', '=');

        // The last word of the name, also of one in camel case: token_url, tokenUrl, secretName.
        var lastWord = rest.LastIndexOfAny('_', '-') is >= 0 and var separator ? rest[(separator + 1)..] : rest;
        for (var at = lastWord.Length - 1; at > 0; at--)
        {
            if (char.IsAsciiLetterUpper(lastWord[at]) && char.IsAsciiLetterLower(lastWord[at - 1]))
            {
                lastWord = lastWord[at..];
                break;
            }
        }

        foreach (var word in AboutSecrets)
        {
            if (lastWord.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return !isSentence;
    }

    /// <summary>
    /// Text with a slash that is made of words. Base64 has slashes too, but changes between upper case, lower case and digits at three of five
    /// characters; words hardly do, whatever their case.
    /// </summary>
    private static bool IsPath(ReadOnlySpan<char> text)
    {
        const double changesOfRandomText = 0.4;
        if (!text.Contains('/'))
        {
            return false;
        }

        var pairs = 0;
        var changes = 0;
        for (var at = 1; at < text.Length; at++)
        {
            if (char.IsAsciiLetterOrDigit(text[at - 1]) && char.IsAsciiLetterOrDigit(text[at]))
            {
                pairs++;
                changes += Class(text[at - 1]) == Class(text[at]) ? 0 : 1;
            }
        }

        return changes < changesOfRandomText * pairs;

        static int Class(char character) => char.IsAsciiDigit(character) ? 0 : char.IsAsciiLetterUpper(character) ? 1 : 2;
    }

    private static bool Overlaps(List<(int Start, int End)> found, int start, int end)
    {
        var at = found.BinarySearch((start, int.MaxValue));
        at = at < 0 ? ~at : at;

        return (at > 0 && found[at - 1].End > start) || (at < found.Count && found[at].Start < end);
    }

    /// <summary>Text that stands where a secret goes: it says so, or is not random.</summary>
    private static bool IsPlaceholder(ReadOnlySpan<char> text, double minBits = RandomBits)
    {
        foreach (var word in Placeholders)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return Bits(text) < Math.Min(minBits, Math.Log2(text.Length) - 0.9);
    }

    /// <summary>Shannon's entropy per character.</summary>
    private static double Bits(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[128];
        foreach (var character in text)
        {
            counts[character & 127]++;
        }

        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / text.Length;
                bits -= share * Math.Log2(share);
            }
        }

        return bits;
    }

    private sealed record Shape(string Prefix, string Characters, int Min, int Max, FindingCode Code, string Variable, string Name)
    {
        public SearchValues<char> Alphabet { get; } = SearchValues.Create(Characters);
    }
}
