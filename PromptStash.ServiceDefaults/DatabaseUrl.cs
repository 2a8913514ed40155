using System.Globalization;
using Npgsql;

namespace PromptStash.ServiceDefaults;

/// <summary>Reads <c>postgresql://user:password@host:port/database?sslmode=require</c>, the form in which managed providers hand out a database.</summary>
/// <remarks>Parameters are libpq's (PostgreSQL manual, 34.1.2); those it does not know are errors, because a misspelt <c>sslmode</c> must not go unnoticed.</remarks>
public static class DatabaseUrl
{
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

        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = parameter.Split('=', 2);
            Apply(connection, Uri.UnescapeDataString(pair[0]), pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "");
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
                connection.RootCertificate = value;
                break;
            case "application_name":
                connection.ApplicationName = value;
                break;
            case "connect_timeout":
                connection.Timeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1024
                    ? seconds
                    : throw Invalid("connect_timeout must be a number of seconds, at most 1024");
                break;
            default:
                throw Invalid($"the parameter '{name}' is not known; known are sslmode, sslcert, sslkey, sslrootcert, application_name and connect_timeout");
        }
    }

    private static DatabaseSettingException Invalid(string what) => new($"{DatabaseConnection.UrlVariable} cannot be used: {what}.");
}
