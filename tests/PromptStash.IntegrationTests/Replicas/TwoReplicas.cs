using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Replicas;

/// <summary>Two processes of the API on one database, started at the same moment, and a balancer that sends every request to the next one.</summary>
public sealed class TwoReplicas(PromptStashApp app) : IAsyncLifetime
{
    private const string Site = "http://replicas.example.com";

    private readonly List<ApiProcess> _all = [];

    internal ApiProcess One => _all[0];

    internal ApiProcess Other => _all[1];

    internal string Database { get; private set; } = "";

    internal Mailbox Mail { get; } = new(Directory.CreateDirectory(app.CreateFolder("replicas-mail")).FullName);

    internal static async Task<TwoReplicas> StartAsync(PromptStashApp app)
    {
        var replicas = new TwoReplicas(app);
        await replicas.InitializeAsync();

        return replicas;
    }

    public async ValueTask InitializeAsync()
    {
        Database = await app.CreateMigratedDatabaseAsync();
        _all.AddRange(await Task.WhenAll(StartOneAsync("one"), StartOneAsync("other")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var api in _all)
        {
            await api.DisposeAsync();
        }
    }

    /// <summary>Somebody whose requests go to one and to the other in turn.</summary>
    internal HttpClient NewClient() => NewClient(One, Other);

    /// <summary>Somebody whose requests go to these.</summary>
    internal static HttpClient NewClient(params ApiProcess[] apis) => NewClient(new CookieContainer(), apis);

    /// <summary>Somebody with these cookies.</summary>
    internal static HttpClient NewClient(CookieContainer cookies, params ApiProcess[] apis)
    {
        var client = new HttpClient(new Balancer(apis, new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false })) { BaseAddress = new Uri(Site) };
        client.DefaultRequestHeaders.Add("Origin", Site);

        return client;
    }

    private Task<ApiProcess> StartOneAsync(string name) => ApiProcess.StartAsync(
        ("ConnectionStrings__promptstash", $"{app.PgBouncer.ConnectionString(Database)};Application Name={name}"),
        ("Api__PublicUrl", Site),
        ("Api__TrustedOrigins__0", Site),
        ("Mail__PickupFolder", Mail.Folder),
        ("Outbox__Lease", "00:00:02"));
}

/// <summary>
/// Sends every request to the next process. One that cannot be reached is passed over, because nothing was sent to it; one that goes away under a
/// request is a 502, as any proxy answers.
/// </summary>
internal sealed class Balancer(ApiProcess[] apis, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private int _next = -1;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = Interlocked.Increment(ref _next);
        for (var turn = 0; turn < apis.Length; turn++)
        {
            request.RequestUri = new Uri(apis[(first + turn) % apis.Length].Address, request.RequestUri!.PathAndQuery);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // It is not there; the next one is asked.
            }
            catch (HttpRequestException)
            {
                break;
            }
        }

        return new HttpResponseMessage(HttpStatusCode.BadGateway) { RequestMessage = request };
    }
}
