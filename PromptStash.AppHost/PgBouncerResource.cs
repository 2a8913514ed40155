namespace PromptStash.AppHost;

/// <summary>How long PgBouncer lends a server's connection to a client.</summary>
public enum PgBouncerPoolMode
{
    /// <summary>For a transaction. What a session holds (advisory locks, SET, LISTEN) does not work through it.</summary>
    Transaction,

    /// <summary>For as long as the client is connected: everything works, and idle clients keep connections.</summary>
    Session,
}

/// <summary>PgBouncer in front of one PostgreSQL database. Whoever references it connects through the pool.</summary>
public sealed class PgBouncerResource(string name, PostgresDatabaseResource database)
    : ContainerResource(name), IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";
    internal const int Port = 6432;

    /// <summary>The database behind the pool.</summary>
    public PostgresDatabaseResource Database { get; } = database;

    /// <summary>Where clients connect.</summary>
    public EndpointReference PrimaryEndpoint => field ??= new(this, EndpointName);

    /// <summary>How long a connection is lent; default for a transaction.</summary>
    public PgBouncerPoolMode PoolMode { get; internal set; } = PgBouncerPoolMode.Transaction;

    /// <summary>Connections to the server; default 16, about four for each core of a small server.</summary>
    public int PoolSize { get; internal set; } = 16;

    /// <summary>Further connections when clients have waited for a second; default 4.</summary>
    public int ReservePoolSize { get; internal set; } = 4;

    /// <summary>Clients that may be connected at once; default 500. Beyond it PgBouncer refuses.</summary>
    public int MaxClients { get; internal set; } = 500;

    /// <summary>Statements that are kept prepared on each server; default 200. 0 refuses prepared statements of the protocol altogether.</summary>
    public int MaxPreparedStatements { get; internal set; } = 200;

    // The options a client needs, and no others:
    //   No Reset On Close      in transaction mode the next transaction may run on another server, so there is no session to reset;
    //                          resetting would also make PgBouncer forget which statements it has prepared.
    //   Max Auto Prepare       safe since PgBouncer 1.21, which prepares a statement again on whichever server it picks.
    //   Channel Binding, GSS   PgBouncer speaks neither; asking costs a round trip or the connection.
    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var expression = new ReferenceExpressionBuilder();
            expression.Append(
                $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={Database.Parent.UserNameReference};Password={Database.Parent.PasswordParameter};Database={Database.DatabaseName}");
            expression.AppendLiteral(PoolMode is PgBouncerPoolMode.Transaction ? ";No Reset On Close=true" : "");
            expression.AppendLiteral(MaxPreparedStatements > 0 ? ";Max Auto Prepare=50" : ";Max Auto Prepare=0");
            expression.AppendLiteral(";Channel Binding=Disable;GSS Encryption Mode=Disable");

            return expression.Build();
        }
    }
}
