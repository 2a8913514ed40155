namespace PromptStash.BuildingBlocks;

/// <summary>
/// One line or paragraph of text: not blank, no control characters except line ends and tabs, valid Unicode. PostgreSQL refuses NUL, and
/// nobody can see the others.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PlainTextAttribute : ValidationAttribute
{
    /// <inheritdoc />
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string text)
        {
            return ValidationResult.Success;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t'))
            {
                return Error($"{validationContext.DisplayName} holds a control character.", validationContext);
            }

            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return Error($"{validationContext.DisplayName} is not valid Unicode.", validationContext);
            }
        }

        return ValidationResult.Success;
    }

    private static ValidationResult Error(string message, ValidationContext context) =>
        new(message, context.MemberName is null ? null : [context.MemberName]);
}
