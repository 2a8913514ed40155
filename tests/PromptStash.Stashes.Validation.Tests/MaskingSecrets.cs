namespace PromptStash.Stashes.Validation.Tests;

public sealed class MaskingSecrets
{
    // Made up, in pieces, so that no scanner takes them for some that leaked.
    private const string GithubToken = "ghp_" + "q7Lw2mZx9RtK4vBn8YcD3sHf6JpG1aUeXo5T";
    private const string AwsKey = "AKIA" + "Q7LW2MZXRTK4VBNY";
    private const string KeyLine = "MIIEvQ" + "IBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7q2Zx9RtK4vBn8Y";

    private static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Const(GithubToken),
            Gen.Const(AwsKey),
            Gen.Const($"postgres://ada:q7Lw2mZx9Rt@sql.prompts.net/x?token={GithubToken}"),
            Gen.Const($"-----BEGIN PRIVATE KEY-----\n{KeyLine}\n{KeyLine}\n-----END PRIVATE KEY-----"),
            Gen.Const("token: "),
            Gen.Const("😀"),
            Gen.String[Gen.Char[" \n=\":/@…"], 1, 3],
            Gen.String[0, 20])
        .Array[0, 30]
        .Select(string.Concat);

    [Fact]
    public void Leaves_none_of_them_that_is_found() => Texts.Sample(text =>
        Assert.Empty(SecretScan.Find("notes.md", SecretScan.Mask("notes.md", text, FileKind.Memory, []), FileKind.Memory)));

    [Fact]
    public void Leaves_a_text_without_any_as_it_is() => Gen.String[0, 200].Sample(text =>
        Assert.Equal(SecretScan.Find("notes.md", text).Count == 0, SecretScan.Mask("notes.md", text, kind: null, []) == text));

    [Fact]
    public void Covers_all_lines_of_a_key()
    {
        var masked = SecretScan.Mask("id.pem", $"a\n-----BEGIN PRIVATE KEY-----\n{KeyLine}\n{KeyLine}\n-----END PRIVATE KEY-----\nb\n", FileKind.Other, []);

        Assert.Equal("a\n[redacted: secret-private-key]-----END PRIVATE KEY-----\nb\n", masked);
    }

    [Fact]
    public void Covers_a_key_in_JSON()
    {
        var masked = SecretScan.Mask(
            "key.json", $$"""{"key": "-----BEGIN PRIVATE KEY-----\n{{KeyLine}}\n{{KeyLine}}\n-----END PRIVATE KEY-----\n"}""", FileKind.Other, []);

        Assert.Equal("""{"key": "[redacted: secret-private-key]-----END PRIVATE KEY-----\n"}""", masked);
    }

    [Fact]
    public void Leaves_those_whose_codes_are_accepted() => Assert.Equal(
        $"{GithubToken} [redacted: secret-aws-access-key]",
        SecretScan.Mask("notes.md", $"{GithubToken} {AwsKey}", FileKind.Memory, ["secret-github-token"]));

    [Fact]
    public void Finds_more_than_a_check_tells_of() => Assert.DoesNotContain(
        "ghp_",
        SecretScan.Mask("notes.md", string.Concat(Enumerable.Repeat(GithubToken + "\n", 1000)), FileKind.Memory, []),
        StringComparison.Ordinal);
}
