using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace PromptStash.IntegrationTests;

/// <summary>
/// Notes what clients send to an API (cookies, tokens, what is in paths, queries and bodies) and the cookies that they are given. It reads along
/// and changes nothing.
/// </summary>
internal sealed partial class RequestSecrets(SecretIndex secrets) : IStartupFilter
{
    /// <summary>A link's token, or one that was mailed, is longer; what is shorter may be a name of ours.</summary>
    private const int ShortestSegment = 20;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(ReadAlongAsync);
        next(app);
    };

    private async Task ReadAlongAsync(HttpContext context, RequestDelegate rest)
    {
        var request = context.Request;
        NoteHead(request);
        var isArchive = ArchiveSecrets.IsArchive(request.ContentType);
        var body = IsText(request.ContentType) || isArchive ? new ReadingAlong(request.Body) : null;
        if (body is not null)
        {
            request.Body = body;
        }

        try
        {
            await rest(context);
        }
        finally
        {
            NotePath(request.Path, context.GetEndpoint() as RouteEndpoint);
            if (isArchive)
            {
                await ArchiveSecrets.NoteAsync(secrets, request.ContentType!, body!.Bytes.ToArray());
            }
            else
            {
                NoteBody(request.ContentType, body);
            }

            foreach (var cookie in context.Response.Headers.SetCookie)
            {
                secrets.Add(cookie?[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(';')[0], isCredential: true);
            }
        }
    }

    private static bool IsText(string? contentType) =>
        contentType is not null && (contentType.Contains("json", StringComparison.Ordinal) || contentType.Contains("urlencoded", StringComparison.Ordinal));

    private void NoteHead(HttpRequest request)
    {
        foreach (var cookie in request.Cookies)
        {
            secrets.Add(cookie.Value, isCredential: true);
        }

        secrets.Add(request.Headers.Authorization.ToString().Split(' ')[^1], isCredential: true);
        NoteFields(request.Query);
    }

    private void NotePath(PathString path, RouteEndpoint? endpoint)
    {
        var own = endpoint?.RoutePattern.RawText?.Split('/') ?? [];
        foreach (var segment in (path.Value ?? "").Split('/').Where(segment => segment.Length >= ShortestSegment && !OwnName.IsMatch(segment)).Except(own))
        {
            secrets.Add(segment);
        }
    }

    private void NoteBody(string? contentType, ReadingAlong? body)
    {
        if (body is null)
        {
            return;
        }

        if (contentType!.Contains("urlencoded", StringComparison.Ordinal))
        {
            NoteFields(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Bytes)));

            return;
        }

        string? name = null;
        var json = new Utf8JsonReader(body.Bytes, isFinalBlock: false, state: default);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName)
                {
                    name = json.GetString();
                }
                else if (json.TokenType == JsonTokenType.String)
                {
                    secrets.Add(json.GetString(), IsCredential(name));
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Tests send what is no JSON, too. What was read before it is noted.
        }
    }

    private void NoteFields(IEnumerable<KeyValuePair<string, StringValues>> fields)
    {
        foreach (var (name, values) in fields)
        {
            foreach (var value in values)
            {
                secrets.Add(value, IsCredential(name));
            }
        }
    }

    private static bool IsCredential(string? name) => name is not null && CredentialName.IsMatch(name);

    /// <summary>What passwords, tokens and codes are sent as: <c>currentPassword</c>, <c>token</c>.</summary>
    [GeneratedRegex("(password|secret|token|code)$", RegexOptions.IgnoreCase)]
    private static partial Regex CredentialName { get; }

    /// <summary>The literal part of a route: <c>request-password-reset</c>.</summary>
    [GeneratedRegex("^[a-z-]+$")]
    private static partial Regex OwnName { get; }

    /// <summary>Keeps the beginning of what is read.</summary>
    private sealed class ReadingAlong(Stream inner) : Stream
    {
        private const int Most = 256 * 1024;

        private readonly MemoryStream _read = new();

        public ReadOnlySpan<byte> Bytes => _read.GetBuffer().AsSpan(0, (int)_read.Length);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Keep(buffer.Span[..count]);

            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = inner.Read(buffer, offset, count);
            Keep(buffer.AsSpan(offset, length));

            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private void Keep(ReadOnlySpan<byte> bytes) => _read.Write(bytes[..(int)Math.Min(bytes.Length, Most - _read.Length)]);
    }
}
