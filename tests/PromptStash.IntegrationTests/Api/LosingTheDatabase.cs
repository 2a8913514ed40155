using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using PromptStash.LocalHost.PgBouncer;

namespace PromptStash.IntegrationTests.Api;

/// <summary>An API whose PgBouncer is its own, so that it can be taken away.</summary>
public sealed class LosingTheDatabase(PromptStashApp app) : IAsyncLifetime
{
    private PgBouncerProcess _pgBouncer = null!;
    private WebApplication _api = null!;
    private HttpClient _ada = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _pgBouncer = await StartPgBouncerAsync(preferredPort: null);
        _api = await app.StartApiAsync(("ConnectionStrings:promptstash", _pgBouncer.ConnectionString()));
        _ada = await app.SignInAsync(_api);
    }

    public async ValueTask DisposeAsync()
    {
        _ada.Dispose();
        await _api.DisposeAsync();
        await _pgBouncer.DisposeAsync();
    }

    [Fact]
    public async Task Is_answered_with_503_and_when_to_try_again()
    {
        await _pgBouncer.StopAsync();

        var response = await _ada.GetAsync("/api/v1/stashes", Cancelled);

        await response.IsProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.InRange(response.Headers.RetryAfter(), 1, 60);
    }

    [Fact]
    public async Task Is_answered_below_api_auth_with_503_in_the_words_of_its_contract()
    {
        await _pgBouncer.StopAsync();
        using var nobody = app.NewClient(_api);

        var response = await nobody.PostAsJsonAsync("/api/auth/sign-in/email", new { email = "ada@example.com", password = "correct horse" }, Cancelled);

        var error = await response.ReadAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("SERVICE_UNAVAILABLE", error.GetProperty("code").GetString());
        Assert.InRange(response.Headers.RetryAfter(), 1, 60);
    }

    [Fact]
    public async Task Makes_it_unready_and_says_what_to_look_at()
    {
        await _pgBouncer.StopAsync();

        var health = await (await _ada.GetAsync("/health", Cancelled)).ReadAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Contains("ConnectionStrings__promptstash", health.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_told_by_the_probe_at_once()
    {
        await _pgBouncer.StopAsync();
        await _ada.GetAsync("/health", Cancelled);
        var started = Stopwatch.GetTimestamp();

        await _ada.GetAsync("/health", Cancelled);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Leaves_it_alive()
    {
        await _pgBouncer.StopAsync();

        Assert.Equal(HttpStatusCode.OK, (await _ada.GetAsync("/alive", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Is_over_as_soon_as_it_is_back()
    {
        await _pgBouncer.StopAsync();
        await (await _ada.GetAsync("/api/v1/stashes", Cancelled)).IsProblemAsync(HttpStatusCode.ServiceUnavailable);

        _pgBouncer = await StartPgBouncerAsync(_pgBouncer.Port);

        await Eventually.TrueAsync(
            async () => (await _ada.GetAsync("/api/v1/stashes", Cancelled)).StatusCode == HttpStatusCode.OK, "requests are answered again");
    }

    private Task<PgBouncerProcess> StartPgBouncerAsync(int? preferredPort) => PgBouncerProcess.StartAsync(
        app.Postgres, new PgBouncerOptions(app.CreateFolder("pgbouncer"), app.Password) { PreferredPort = preferredPort }, Cancelled);
}
