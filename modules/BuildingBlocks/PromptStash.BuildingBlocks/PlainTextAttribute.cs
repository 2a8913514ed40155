namespace PromptStash.BuildingBlocks;

/// <summary>
/// One line or paragraph of text: not blank, no control characters except line ends and tabs, valid Unicode. PostgreSQL refuses NUL, and
/// nobody can see the others.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PlainTextAttribute : ValidationAttribute
{
    /// <summary>What is wrong with a text, such as "holds a control character"; null when nothing is.</summary>
    public static string? ErrorIn(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t'))
            {
                return "holds a control character";
            }

            // U+FFFE is no character: .NET refuses to compose a text with it.
            if (text[i] == '\uFFFE' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))))
            {
                return "is not valid Unicode";
            }
        }

        return null;
    }

    /// <inheritdoc />
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string text && ErrorIn(text) is { } error
            ? new ValidationResult($"{validationContext.DisplayName} {error}.", validationContext.MemberName is null ? null : [validationContext.MemberName])
            : ValidationResult.Success;
}
