using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace PromptStash.Identity.Http;

/// <summary>Reads the fields of a body and collects what is wrong with them, worded as Better Auth words it.</summary>
internal sealed partial class BodyReader(JsonElement fields)
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";

    private static readonly JsonElement NoFields = JsonElement.Parse("{}");

    // PostgreSQL's text cannot hold the first, and Unicode's normalisation refuses the others: they are no characters.
    private const string NoCharacters = "\0\uFFFE\uFFFF";

    private readonly List<string> _issues = [];

    public AuthErrorResult? Error => _issues.Count == 0 ? null : AuthErrors.Validation(string.Join("; ", _issues));

    /// <summary>A string that must be there, of 1 to <paramref name="maxLength"/> characters.</summary>
    public string String(string name, int maxLength)
    {
        var text = Text(name, required: true) ?? "";
        if (text.Length == 0 && Has(name, JsonValueKind.String))
        {
            Note(name, "Too small: expected string to have >=1 characters");
        }

        return Bounded(name, text, maxLength);
    }

    /// <summary>A string that may be absent or null.</summary>
    public string? OptionalString(string name, int maxLength) =>
        Text(name, required: false) is { } text ? Bounded(name, text, maxLength) : null;

    /// <summary>An e-mail address, in the one spelling under which it is kept.</summary>
    public string Email(string name)
    {
        var text = Text(name, required: true);
        if (text is null)
        {
            return "";
        }

        if (!TryNormalizeEmail(text, out var email))
        {
            Note(name, "Invalid email address");
        }

        return email;
    }

    /// <summary>True or false, or absent; a form spells it out.</summary>
    public bool? OptionalBoolean(string name)
    {
        if (!fields.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True:
            case JsonValueKind.False:
                return value.GetBoolean();
            case JsonValueKind.String when bool.TryParse(value.GetString(), out var spelled):
                return spelled;
            default:
                Note(name, $"Invalid input: expected boolean, received {NameOf(value.ValueKind)}");
                return null;
        }
    }

    /// <summary>One or more of <paramref name="known"/>.</summary>
    public string[] Choices(string name, IReadOnlySet<string> known)
    {
        var chosen = Items(name, known.Count, required: true);
        if (chosen is { Count: 0 })
        {
            Note(name, "Too small: expected array to have >=1 items");
        }

        var texts = chosen?.Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "").Distinct().ToArray() ?? [];
        if (texts.Any(text => !known.Contains(text)))
        {
            Note(name, $"Invalid option: expected one of {string.Join("|", known.Order(StringComparer.Ordinal).Select(text => $"\"{text}\""))}");
        }

        return texts;
    }

    /// <summary>Strings, or null when there are none.</summary>
    public string[]? OptionalStrings(string name, int maxCount, int maxLength)
    {
        var items = Items(name, maxCount, required: false);
        if (items?.All(item => item.ValueKind == JsonValueKind.String && item.GetString()!.Length <= maxLength) is false)
        {
            Note(name, "Invalid input: expected array of strings");
            return null;
        }

        return items?.Select(item => item.GetString()!).ToArray();
    }

    /// <summary>One or more ids, or null when there are none.</summary>
    public Guid[]? OptionalIds(string name, int maxCount)
    {
        var items = Items(name, maxCount, required: false);
        if (items is { Count: 0 })
        {
            Note(name, "Too small: expected array to have >=1 items");
        }

        if (items?.All(item => item.ValueKind == JsonValueKind.String && item.TryGetGuid(out _)) is false)
        {
            Note(name, "Invalid UUID");
            return null;
        }

        return items?.Select(item => item.GetGuid()).Distinct().ToArray();
    }

    /// <summary>A point in time that must be there, in ISO 8601 with its offset.</summary>
    public DateTimeOffset Time(string name)
    {
        // Without an offset it would be read in the server's zone.
        if (Text(name, required: true) is { } text)
        {
            if ((text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
                && text.Contains('T', StringComparison.Ordinal)
                && fields.GetProperty(name).TryGetDateTimeOffset(out var time))
            {
                return time.ToUniversalTime();
            }

            Note(name, "Invalid ISO datetime");
        }

        return default;
    }

    /// <summary>Whether the body has this field at all.</summary>
    public bool Has(string name) => fields.TryGetProperty(name, out _);

    /// <summary>
    /// The spelling under which an address is kept: lower case. Only ASCII addresses are taken (Better Auth's rule), so two spellings
    /// of one address cannot differ in their Unicode form.
    /// </summary>
    public static bool TryNormalizeEmail(string text, out string email)
    {
        email = text.ToLowerInvariant();

        return text.Length <= Data.User.EmailMaxLength && EmailPattern().IsMatch(text);
    }

    public static async Task<(JsonElement Fields, AuthErrorResult? Error)> ReadFieldsAsync(
        HttpRequest request, bool acceptsForm, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.ContentType))
        {
            // A body without a type could be anything; no body at all is the same as no fields.
            return request.ContentLength is > 0 || request.Headers.ContainsKey(HeaderNames.TransferEncoding)
                ? (NoFields, UnsupportedMediaType($"Content-Type is required. Allowed types: {Allowed(acceptsForm)}"))
                : (NoFields, null);
        }

        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        if (acceptsForm && type is not null && type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            var form = await request.ReadFormAsync(cancellationToken);

            return (JsonSerializer.SerializeToElement(form.ToDictionary(field => field.Key, field => field.Value.ToString())), null);
        }

        if (type is null || !type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            return (NoFields, UnsupportedMediaType($"Content-Type \"{request.ContentType}\" is not allowed. Allowed types: {Allowed(acceptsForm)}"));
        }

        if (request.ContentLength == 0)
        {
            return (NoFields, null);
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body, JsonSerializerOptions.Strict, cancellationToken);

            return body.ValueKind == JsonValueKind.Object
                ? (body, null)
                : (NoFields, AuthErrors.Validation($"[body] Invalid input: expected object, received {NameOf(body.ValueKind)}"));
        }
        catch (JsonException)
        {
            return (NoFields, new AuthErrorResult(StatusCodes.Status400BadRequest, "BAD_REQUEST", "Invalid JSON in request body"));
        }
    }

    private string? Text(string name, bool required)
    {
        var found = fields.TryGetProperty(name, out var value);
        if (found && value.ValueKind == JsonValueKind.String)
        {
            var text = value.GetString()!;
            if (!text.AsSpan().ContainsAny(NoCharacters))
            {
                return text;
            }

            Note(name, "Invalid input: the characters U+0000, U+FFFE and U+FFFF are not allowed");
            return null;
        }

        if (required || (found && value.ValueKind != JsonValueKind.Null))
        {
            Note(name, $"Invalid input: expected string, received {(found ? NameOf(value.ValueKind) : "undefined")}");
        }

        return null;
    }

    private List<JsonElement>? Items(string name, int maxCount, bool required)
    {
        var found = fields.TryGetProperty(name, out var value);
        if (found && value.ValueKind == JsonValueKind.Array)
        {
            if (value.GetArrayLength() > maxCount)
            {
                Note(name, string.Create(CultureInfo.InvariantCulture, $"Too big: expected array to have <={maxCount} items"));
            }

            return [.. value.EnumerateArray().Take(maxCount)];
        }

        if (required || (found && value.ValueKind != JsonValueKind.Null))
        {
            Note(name, $"Invalid input: expected array, received {(found ? NameOf(value.ValueKind) : "undefined")}");
        }

        return null;
    }

    private bool Has(string name, JsonValueKind kind) => fields.TryGetProperty(name, out var value) && value.ValueKind == kind;

    private string Bounded(string name, string text, int maxLength)
    {
        if (text.Length > maxLength)
        {
            Note(name, string.Create(CultureInfo.InvariantCulture, $"Too big: expected string to have <={maxLength} characters"));
        }

        return text;
    }

    private void Note(string name, string issue) => _issues.Add($"[body.{name}] {issue}");

    private static string Allowed(bool acceptsForm) => acceptsForm ? $"{Form}, {Json}" : Json;

    private static AuthErrorResult UnsupportedMediaType(string message) =>
        new(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", message);

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Undefined => "undefined",
        _ => kind.ToString().ToLowerInvariant(),
    };

    [GeneratedRegex(@"^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+\-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}\z", RegexOptions.NonBacktracking)]
    private static partial Regex EmailPattern();
}
