using Npgsql;

namespace PromptStash.LocalHost.Tests;

internal static class Sql
{
    /// <summary>The first value of a statement's answer, on a connection of its own.</summary>
    public static async Task<object?> AskAsync(string connectionString, string statement)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(Unpooled(connectionString));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);

        return await command.ExecuteScalarAsync(cancellationToken);
    }

    public static string Unpooled(string connectionString, string? password = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        builder.Password = password ?? builder.Password;

        return builder.ConnectionString;
    }
}
