using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using PromptStash.LocalHost.Processes;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>Over a hundred attacks in a real browser, which reads a page as browsers do and not as a parser thinks they do.</summary>
public sealed class PreviewingInABrowser(PromptStashApp app, PreviewingInABrowser.Chromium chromium) : IClassFixture<PreviewingInABrowser.Chromium>
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

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H21: Through a link runs no script and lets no request leave")]
    public async Task Through_a_link_runs_no_script_and_lets_no_request_leave()
    {
        using var ada = await app.SignInAsync();
        var link = await ada.LinkAsync("stash", await StashAsync(ada, Attacks.All));
        await using var visit = await VisitAsync();
        var page = await visit.NewPageAsync();

        await page.GotoAsync(new Uri(app.Address, link.Path).ToString());
        await visit.ShowAsync(Attacks.All.Length, number => new Uri(app.Address, $"{link.Path}/preview?path={number}.md").ToString());

        Assert.Empty(visit.Seen);
    }

    [Fact(DisplayName = "H21: Of ones own files runs no script and lets no request leave")]
    public async Task Of_ones_own_files_runs_no_script_and_lets_no_request_leave()
    {
        using var ada = await app.SignInAsync();
        string[] texts = [.. Attacks.All.Chunk(10).Select(attacks => string.Join("\n\n", attacks))];
        var files = await FilesAsync(ada, await StashAsync(ada, texts));
        await using var visit = await VisitAsync();
        await visit.SignInAsync(app.Address, await EmailAsync(ada));

        await visit.ShowAsync(texts.Length, number => new Uri(app.Address, $"/api/v1/files/{files[$"{number}.md"]}/preview").ToString());

        Assert.Empty(visit.Seen);
    }

    [Fact(DisplayName = "H21: Would run no script without the sandbox either")]
    public async Task Would_run_no_script_without_the_sandbox_either()
    {
        using var ada = await app.SignInAsync();
        var files = await FilesAsync(ada, await StashAsync(ada, Attacks.All));
        var pages = new ConcurrentDictionary<int, string>();
        await Parallel.ForAsync(0, Attacks.All.Length, Cancelled, async (number, cancelled) =>
            pages[number] = await ada.GetStringAsync($"/api/v1/files/{files[$"{number}.md"]}/preview", cancelled));
        await using var visit = await VisitAsync(number => pages[number]);

        await visit.ShowAsync(Attacks.All.Length, number => $"{Bare}{number}");

        Assert.Empty(visit.Seen);
    }

    [Fact(DisplayName = "H21: Is looked at by means that see attacks where they are not kept out")]
    public async Task Is_looked_at_by_means_that_see_attacks_where_they_are_not_kept_out()
    {
        await using var visit = await VisitAsync(number => $"<!DOCTYPE html><title>x</title>{Attacks.All[number]}");

        await visit.ShowAsync(Attacks.All.Length, number => $"{Bare}{number}");

        var ran = visit.Seen.Where(seen => seen.What == Marker).Select(seen => seen.Number).Distinct().Count();
        var asked = visit.Seen.Where(seen => seen.What != Marker).Select(seen => seen.Number).Distinct().Count();
        Assert.True(ran >= 30 && asked >= 10, $"{ran} ran, {asked} asked for something");
    }

    private static async Task<Guid> StashAsync(HttpClient client, string[] texts)
    {
        var stash = await client.CreateStashAsync("Attacks");
        await (await client.ImportAsync(stash, StashClient.Zip([.. texts.Select((text, number) => ($"{number}.md", text))]))).ReadAsync(HttpStatusCode.OK);

        return stash;
    }

    private static async Task<Dictionary<string, Guid>> FilesAsync(HttpClient client, Guid stash)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);

        return tree.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!, file => file.GetProperty("id").GetGuid());
    }

    private static async Task<string> EmailAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/auth/get-session", Cancelled)).GetProperty("user").GetProperty("email").GetString()!;

    private async Task<Visit> VisitAsync(Func<int, string>? page = null)
    {
        var context = await chromium.Browser.NewContextAsync();
        await context.AddInitScriptAsync($"for (const name of ['alert', 'confirm', 'prompt', 'msgbox']) window[name] = () => console.log('{Marker}');");

        return new Visit(context, page);
    }

    /// <summary>What a browser saw.</summary>
    /// <param name="Number">Of the page.</param>
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

        /// <summary>Shows pages and does to them what a visitor might.</summary>
        public async Task ShowAsync(int count, Func<int, string> addressOf)
        {
            var numbers = new ConcurrentQueue<int>(Enumerable.Range(0, count));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ShowAsync(numbers, addressOf)));
        }

        public ValueTask DisposeAsync() => context.DisposeAsync();

        /// <summary>Shows pages until there are none left, one after the other in one tab.</summary>
        private async Task ShowAsync(ConcurrentQueue<int> numbers, Func<int, string> addressOf)
        {
            var (number, address) = (0, "");
            var page = await OpenAsync();
            while (numbers.TryDequeue(out number))
            {
                address = addressOf(number);
                try
                {
                    var response = await page.GotoAsync(address);
                    Assert.True(response?.Ok is true, string.Create(CultureInfo.InvariantCulture, $"{response?.Status} for page {number}"));
                    await page.EvaluateAsync<int>(Touch);
                }
                catch (PlaywrightException exception)
                {
                    // The page went somewhere by itself. What is left of it must not be taken for the next one's.
                    Seen.Enqueue(new Sighting(number, exception.Message));
                    await page.CloseAsync();
                    page = await OpenAsync();
                }
            }

            async Task<IPage> OpenAsync()
            {
                var opened = await NewPageAsync();
                opened.Dialog += async (_, dialog) =>
                {
                    Seen.Enqueue(new Sighting(number, Marker));
                    await dialog.DismissAsync();
                };
                opened.Console += (_, message) =>
                {
                    // In a sandbox that allowed scripts Chromium would say that it ignores the call.
                    if (message.Text == Marker || message.Text.StartsWith("Ignored call to", StringComparison.Ordinal))
                    {
                        Seen.Enqueue(new Sighting(number, Marker));
                    }
                };
                opened.Popup += (_, popup) => Seen.Enqueue(new Sighting(number, popup.Url));
                await opened.RouteAsync("**/*", AnswerAsync);

                return opened;
            }

            async Task AnswerAsync(IRoute route)
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
            }
        }
    }

    /// <summary>One browser for all tests; each has a visit of its own.</summary>
    public sealed class Chromium : IAsyncLifetime
    {
        private IPlaywright _playwright = null!;

        public IBrowser Browser { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var path = Executables.Find("chromium");
            Assert.True(path is not null, "chromium is not on the PATH; test.sh installs it.");
            _playwright = await Playwright.CreateAsync();

            // Chromium's own sandbox refuses to be started by root, as containers do; what is looked at here is the page's.
            Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = ["--no-sandbox"] });
        }

        public async ValueTask DisposeAsync()
        {
            await Browser.DisposeAsync();
            _playwright.Dispose();
        }
    }
}
