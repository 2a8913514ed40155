using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>Over a hundred attacks in a real browser, which reads a page as browsers do and not as a parser thinks they do.</summary>
public sealed class PreviewingInABrowser(PromptStashApp app) : IAsyncLifetime
{
    /// <summary>A host of the tests' own: the browser asks it for pages that the test gives it.</summary>
    private const string Bare = "http://bare.example/";

    private const string Marker = "an attack ran";

    /// <summary>What a visitor may do, done to every element; links that lead elsewhere are left alone.</summary>
    private const string Touch =
        """
        () => {
            for (const element of document.querySelectorAll('*')) {
                for (const name of ['mouseover', 'mouseenter', 'focus', 'blur', 'toggle']) {
                    element.dispatchEvent(new Event(name, { bubbles: true }));
                }
                if (!/^(https?|mailto):/.test(element.href?.baseVal ?? element.href ?? '')) {
                    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
                }
            }
            return document.body?.innerText.length ?? 0;
        }
        """;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var chromium = Executables.Find("chromium");
        Assert.True(chromium is not null, "chromium is not on the PATH; test.sh installs it.");
        _playwright = await Playwright.CreateAsync();

        // Chromium's own sandbox refuses to be started by root, as containers do; what is looked at here is the page's.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact(DisplayName = "H21: Through a link runs no script and lets no request leave")]
    public async Task Through_a_link_runs_no_script_and_lets_no_request_leave()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await StashAttacksAsync(ada));
        await using var visit = await VisitAsync();
        var page = await visit.NewPageAsync();

        await page.GotoAsync(new Uri(app.Address, link.Path).ToString());
        await ShowAllAsync(visit, number => new Uri(app.Address, $"{link.Path}/preview?path={number}.md").ToString());

        Assert.Empty(visit.Seen);
    }

    [Fact(DisplayName = "H21: Of ones own files runs no script and lets no request leave")]
    public async Task Of_ones_own_files_runs_no_script_and_lets_no_request_leave()
    {
        using var ada = await app.SignInAsync();
        var files = await FilesAsync(ada, await StashAttacksAsync(ada));
        await using var visit = await VisitAsync();
        await visit.SignInAsync(app.Address, await EmailAsync(ada));

        await ShowAllAsync(visit, number => new Uri(app.Address, $"/api/v1/files/{files[$"{number}.md"]}/preview").ToString());

        Assert.Empty(visit.Seen);
    }

    [Fact(DisplayName = "H21: Would run no script without the sandbox either")]
    public async Task Would_run_no_script_without_the_sandbox_either()
    {
        using var ada = await app.SignInAsync();
        var files = await FilesAsync(ada, await StashAttacksAsync(ada));
        var pages = new ConcurrentDictionary<int, string>();
        await Parallel.ForAsync(0, Attacks.All.Length, Cancelled, async (number, cancelled) =>
            pages[number] = await ada.GetStringAsync($"/api/v1/files/{files[$"{number}.md"]}/preview", cancelled));
        await using var visit = await VisitAsync(number => pages[number]);

        await ShowAllAsync(visit, number => $"{Bare}{number}");

        Assert.Empty(visit.Seen);
    }

    [Fact(DisplayName = "H21: Is looked at by means that see attacks where they are not kept out")]
    public async Task Is_looked_at_by_means_that_see_attacks_where_they_are_not_kept_out()
    {
        await using var visit = await VisitAsync(number => $"<!DOCTYPE html><title>x</title>{Attacks.All[number]}");

        await ShowAllAsync(visit, number => $"{Bare}{number}");

        var ran = visit.Seen.Where(seen => seen.What == Marker).Select(seen => seen.Number).Distinct().Count();
        var asked = visit.Seen.Where(seen => seen.What != Marker).Select(seen => seen.Number).Distinct().Count();
        Assert.True(ran >= 30 && asked >= 10, $"{ran} ran, {asked} asked for something");
    }

    private static async Task<Guid> StashAttacksAsync(HttpClient client)
    {
        var stash = await client.CreateStashAsync("Attacks");
        await (await client.ImportAsync(stash, StashClient.Zip([.. Attacks.All.Select((attack, number) => ($"{number}.md", attack))]))).ReadAsync(HttpStatusCode.OK);

        return stash;
    }

    private static async Task<Dictionary<string, Guid>> FilesAsync(HttpClient client, Guid stash)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);

        return tree.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!, file => file.GetProperty("id").GetGuid());
    }

    private static async Task<string> EmailAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").GetProperty("email").GetString()!;

    /// <summary>Shows every attack on a page of its own and does to it what a visitor might.</summary>
    private static async Task ShowAllAsync(Visit visit, Func<int, string> addressOf)
    {
        var numbers = new ConcurrentQueue<int>(Enumerable.Range(0, Attacks.All.Length));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            while (numbers.TryDequeue(out var number))
            {
                await visit.ShowAsync(number, addressOf(number));
            }
        }));
    }

    private async Task<Visit> VisitAsync(Func<int, string>? page = null)
    {
        var context = await _browser.NewContextAsync();
        await context.AddInitScriptAsync($"for (const name of ['alert', 'confirm', 'prompt', 'msgbox']) window[name] = () => console.log('{Marker}');");

        return new Visit(context, page);
    }

    /// <summary>What a browser saw.</summary>
    /// <param name="Number">Of the attack.</param>
    /// <param name="What">The marker, or where a request went.</param>
    private sealed record Sighting(int Number, string What);

    private sealed class Visit(IBrowserContext context, Func<int, string>? bare) : IAsyncDisposable
    {
        public ConcurrentQueue<Sighting> Seen { get; } = new();

        public Task<IPage> NewPageAsync() => context.NewPageAsync();

        public async Task SignInAsync(Uri address, string email)
        {
            var response = await context.APIRequest.PostAsync(new Uri(address, "/api/auth/sign-in/email").ToString(), new()
            {
                DataObject = new { email, password = "correct horse battery staple" },
                Headers = new Dictionary<string, string> { ["Origin"] = address.GetLeftPart(UriPartial.Authority) },
            });
            Assert.True(response.Ok, await response.TextAsync());
        }

        public async Task ShowAsync(int number, string address)
        {
            var page = await context.NewPageAsync();
            page.Dialog += async (_, dialog) =>
            {
                Seen.Enqueue(new Sighting(number, Marker));
                await dialog.DismissAsync();
            };
            page.Console += (_, message) =>
            {
                // In a sandbox that allowed scripts Chromium would say that it ignores the call.
                if (message.Text == Marker || message.Text.StartsWith("Ignored call to", StringComparison.Ordinal))
                {
                    Seen.Enqueue(new Sighting(number, Marker));
                }
            };
            page.Popup += (_, popup) => Seen.Enqueue(new Sighting(number, popup.Url));
            await page.RouteAsync("**/*", async route =>
            {
                if (route.Request.Url != address)
                {
                    Seen.Enqueue(new Sighting(number, route.Request.Url));
                    await route.AbortAsync();
                }
                else if (bare is null)
                {
                    await route.ContinueAsync();
                }
                else
                {
                    await route.FulfillAsync(new() { ContentType = "text/html; charset=utf-8", Body = bare(number) });
                }
            });

            var response = await page.GotoAsync(address);
            Assert.True(response?.Ok is true, string.Create(CultureInfo.InvariantCulture, $"{response?.Status} for attack {number}"));
            await page.EvaluateAsync<int>(Touch);
            await page.CloseAsync();
        }

        public ValueTask DisposeAsync() => context.DisposeAsync();
    }
}
