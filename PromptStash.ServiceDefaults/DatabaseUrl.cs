using System.Globalization;
using Npgsql;

namespace PromptStash.ServiceDefaults;

/// <summary>Reads <c>postgresql://user:password@host:port/database?sslmode=require</c>, the form in which managed providers hand out a database.</summary>
/// <remarks>Parameters are libpq's (PostgreSQL manual, 34.1.2); those it does not know are errors, because a misspelt <c>sslmode</c> must not go unnoticed.</remarks>
public static class DatabaseUrl
{
    private const string SystemAuthorities = "system";

    /// <summary>Turns an address into a connection string.</summary>
    /// <exception cref="DatabaseSettingException">The address is none; the message says what is wrong and never repeats the password.</exception>
    public static string ToConnectionString(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgresql" or "postgres"))
        {
            throw Invalid("it must look like postgresql://user:password@host:port/database");
        }

        // After a bare '?' or '#' in a password come its rest, the '@' and the real host: nothing of that may be taken, or told.
        if (uri.Fragment.Length > 0 || uri.Query.Contains('@', StringComparison.Ordinal))
        {
            throw Invalid("special characters in its parts must be percent-encoded: %3F for ?, %23 for #, %40 for @, %2F for /");
        }

        // PostgreSQL's protocol ends texts with it.
        if (url.Contains("%00", StringComparison.Ordinal) || url.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid("it holds a NUL character, which no part of it can have");
        }

        if (uri.Host.Length == 0)
        {
            throw Invalid("the host is missing");
        }

        var user = uri.UserInfo.Split(':', 2);
        var database = uri.AbsolutePath.TrimStart('/');
        if (user[0].Length == 0 || database.Length == 0 || database.Contains('/', StringComparison.Ordinal))
        {
            throw Invalid("user and database are needed: postgresql://user:password@host:port/database");
        }

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.IdnHost.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
            Database = Uri.UnescapeDataString(database),
        };

        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2))
            .Select(pair => (Name: Uri.UnescapeDataString(pair[0]), Value: pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : ""))
            .ToList();
        foreach (var (name, value) in parameters)
        {
            Apply(connection, name, value);
        }

        // As libpq has it: whoever trusts every authority of the machine has to look at the name, which anybody can have signed for another.
        if (parameters.Contains(("sslrootcert", SystemAuthorities)) && connection.SslMode != SslMode.VerifyFull)
        {
            throw Invalid("sslrootcert=system needs sslmode=verify-full");
        }

        return connection.ConnectionString;
    }

    private static void Apply(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                connection.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw Invalid("sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full"),
                };
                break;
            case "sslcert":
                connection.SslCertificate = value;
                break;
            case "sslkey":
                connection.SslKey = value;
                break;
            case "sslrootcert":
                // libpq's word for the authorities that this machine trusts, which are Npgsql's where no file is named.
                connection.RootCertificate = value == SystemAuthorities ? null : value;
                break;
            case "channel_binding":
                connection.ChannelBinding = value switch
                {
                    "disable" => ChannelBinding.Disable,
                    "prefer" => ChannelBinding.Prefer,
                    "require" => ChannelBinding.Require,
                    _ => throw Invalid("channel_binding must be one of disable, prefer, require"),
                };
                break;
            case "application_name":
                connection.ApplicationName = value;
                break;
            case "connect_timeout":
                connection.Timeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1024
                    ? seconds
                    : throw Invalid("connect_timeout must be a number of seconds, at most 1024");
                break;
            case "options":
                throw Invalid("the parameter 'options' is not taken, because a pooler forgets what a session sets; leave it out, and set what must hold on the role: ALTER ROLE … SET …");
            case "pgbouncer":
                throw Invalid(
                    "the parameter 'pgbouncer' is another client's; leave it out, give the pooler in "
                    + $"ConnectionStrings__{DatabaseConnection.Name}=\"…;No Reset On Close=true;Max Auto Prepare=0\" and PostgreSQL itself in ConnectionStrings__{DatabaseConnection.DirectName}");
            case "connection_limit":
                throw Invalid($"the parameter 'connection_limit' is another client's; leave it out, or give ConnectionStrings__{DatabaseConnection.Name}=\"…;Maximum Pool Size=…\"");
            case "schema":
                throw Invalid("the parameter 'schema' is another client's; leave it out, because every module has a schema of its own");
            default:
                throw Invalid($"the parameter '{name}' is not known; known are sslmode, sslcert, sslkey, sslrootcert, channel_binding, application_name and connect_timeout");
        }
    }

    private static DatabaseSettingException Invalid(string what) => new($"{DatabaseConnection.UrlVariable} cannot be used: {what}.");
}
