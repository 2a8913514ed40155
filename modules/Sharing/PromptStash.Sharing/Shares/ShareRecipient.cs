using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptStash.Sharing.Shares;

/// <summary>With whom something is shared: <c>"link"</c>, <c>{"user": id}</c> or <c>{"email": address}</c>.</summary>
/// <param name="User">A user.</param>
/// <param name="Email">An address; it counts for the account that has proven that it is theirs, also one that comes later.</param>
[JsonConverter(typeof(ShareRecipientConverter))]
public sealed record ShareRecipient(Guid? User, string? Email)
{
    /// <summary>Whoever holds the link.</summary>
    public static readonly ShareRecipient Link = new(User: null, Email: null);

    /// <summary>Whether it is a link.</summary>
    public bool IsLink => User is null && Email is null;

    internal static ShareRecipient Of(string? sharedWith) => sharedWith is null ? Link
        : Guid.TryParse(sharedWith, out var user) ? new ShareRecipient(user, Email: null)
        : new ShareRecipient(User: null, sharedWith);
}

internal sealed class ShareRecipientConverter : JsonConverter<ShareRecipient>
{
    private const string LinkName = "link";

    public override ShareRecipient Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(LinkName))
        {
            return ShareRecipient.Link;
        }

        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            throw new JsonException();
        }

        var isUser = reader.ValueTextEquals("user");
        if (!isUser && !reader.ValueTextEquals("email"))
        {
            throw new JsonException();
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException();
        }

        ShareRecipient? recipient = isUser
            ? reader.TryGetGuid(out var id) ? new ShareRecipient(id, Email: null) : null
            : new ShareRecipient(User: null, reader.GetString());

        return recipient is not null && reader.Read() && reader.TokenType == JsonTokenType.EndObject ? recipient : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, ShareRecipient value, JsonSerializerOptions options)
    {
        if (value.IsLink)
        {
            writer.WriteStringValue(LinkName);
            return;
        }

        writer.WriteStartObject();
        if (value.User is { } user)
        {
            writer.WriteString("user", user);
        }
        else
        {
            writer.WriteString("email", value.Email);
        }

        writer.WriteEndObject();
    }
}
