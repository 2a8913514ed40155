using OtpNet;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Identity;
using PromptStash.IntegrationTests.Sharing;

namespace PromptStash.IntegrationTests.Replicas;

/// <summary>Two processes on one database behave as one: what is done at one is known at the other, and what is counted is counted once.</summary>
public sealed class RunningTwoReplicas(PromptStashApp app, TwoReplicas replicas) : IClassFixture<TwoReplicas>
{
    private const string LinkPassword = "three quiet owls";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Knows_a_session_at_both_and_its_end_too()
    {
        var cookies = new CookieContainer();
        using var atOne = TwoReplicas.NewClient(cookies, replicas.One);
        using var atOther = TwoReplicas.NewClient(cookies, replicas.Other);
        await atOne.NewUserAsync();
        using var stolen = TwoReplicas.NewClient(Copy(cookies), replicas.One);

        Assert.True(await atOther.IsSignedInAsync());
        await atOther.PostAuthAsync("sign-out");

        Assert.False(await stolen.IsSignedInAsync());
    }

    [Fact]
    public async Task Takes_a_second_factor_that_was_set_up_at_the_other_and_each_code_once()
    {
        using var ada = replicas.NewClient();
        var email = await ada.NewUserAsync();
        var secret = await SecondFactor.EnrolAsync(ada);
        await ada.PostAuthAsync("sign-out");
        var code = new Totp(secret).ComputeTotp();
        using var again = replicas.NewClient();

        await ada.SignInAsync(email);
        await again.SignInAsync(email);
        HttpResponseMessage[] answers = await Task.WhenAll(
            ada.PostAuthAsync("two-factor/verify-totp", new { code }), again.PostAuthAsync("two-factor/verify-totp", new { code }));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task Counts_wrong_passwords_of_an_account_together()
    {
        using var ada = replicas.NewClient();
        var email = await ada.NewUserAsync();
        using var stranger = replicas.NewClient();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            await stranger.SignInAsync(email, AuthClient.OtherPassword);
        }

        foreach (var api in (ApiProcess[])[replicas.One, replicas.Other])
        {
            using var late = TwoReplicas.NewClient(api);
            Assert.Equal(HttpStatusCode.Unauthorized, (await late.SignInAsync(email)).StatusCode);
        }
    }

    [Fact]
    public async Task Counts_wrong_codes_of_a_sign_in_together()
    {
        using var ada = replicas.NewClient();
        var email = await ada.NewUserAsync();
        await SecondFactor.EnrolAsync(ada);
        using var stranger = replicas.NewClient();
        await stranger.SignInAsync(email);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await stranger.PostAuthAsync("two-factor/verify-totp", new { code = "000000" });
        }

        var answer = await stranger.PostAuthAsync("two-factor/verify-totp", new { code = "000000" });

        await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE");
    }

    [Fact]
    public async Task Opens_a_link_at_one_that_was_unlocked_at_the_other()
    {
        var cookies = new CookieContainer();
        using var atOne = TwoReplicas.NewClient(cookies, replicas.One);
        using var atOther = TwoReplicas.NewClient(cookies, replicas.Other);
        var link = await NewLinkAsync(new { password = LinkPassword });

        await (await atOne.UnlockAsync(link, LinkPassword)).ReadNothingAsync();

        await (await atOther.GetAsync(link.Path, Cancelled)).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Counts_wrong_passwords_of_a_link_together()
    {
        var link = await NewLinkAsync(new { password = LinkPassword });
        using var stranger = replicas.NewClient();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.UnlockAsync(link, "three loud owls")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await stranger.UnlockAsync(link, LinkPassword)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await stranger.UnlockAsync(link, LinkPassword)).StatusCode);
    }

    [Fact]
    public async Task Counts_the_accesses_of_a_link_together()
    {
        var link = await NewLinkAsync(new { maxAccesses = 4 });
        var visitors = Enumerable.Range(0, 12).Select(_ => replicas.NewClient()).ToList();

        var answers = await Task.WhenAll(visitors.Select((visitor, number) => number % 2 == 0
            ? visitor.GetAsync(link.Path, Cancelled)
            : TwoReplicas.NewClient(replicas.Other).GetAsync(link.Path, Cancelled)));

        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task Lets_one_of_two_writers_win()
    {
        var cookies = new CookieContainer();
        using var atOne = TwoReplicas.NewClient(cookies, replicas.One);
        using var atOther = TwoReplicas.NewClient(cookies, replicas.Other);
        await atOne.NewUserAsync();
        var file = await atOne.CreateFileAsync(await atOne.DefaultStashAsync(), "contested.md", "Begun\n");

        var answers = await Task.WhenAll(atOne.PutContentAsync(file, "\"v1\"", "From one\n"), atOther.PutContentAsync(file, "\"v1\"", "From the other\n"));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task Gives_a_repeated_request_the_answer_that_the_other_gave()
    {
        using var ada = replicas.NewClient();
        await ada.NewUserAsync();
        ada.DefaultRequestHeaders.Add("Idempotency-Key", "3f0a7a1e");

        var first = await ada.CreateStashAsync("Once");
        var second = await ada.CreateStashAsync("Once");

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Sends_every_mail_once()
    {
        var emails = new List<string>();
        for (var number = 0; number < 20; number++)
        {
            using var client = replicas.NewClient();
            emails.Add(await client.NewUserAsync(name: "mailed"));
        }

        await using var database = await app.OpenDatabaseAsync(replicas.Database);
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages") == 0, "the outbox is empty", TimeSpan.FromMinutes(1));

        Assert.All(emails, email => Assert.Single(replicas.Mail.To(email)));
    }

    private async Task<Link> NewLinkAsync(object rules)
    {
        using var ada = replicas.NewClient();
        await ada.NewUserAsync();

        return await ada.LinkAsync("file", await ada.CreateFileAsync(await ada.DefaultStashAsync(), "shared.md", "x"), more: rules);
    }

    private static CookieContainer Copy(CookieContainer cookies)
    {
        var copy = new CookieContainer();
        foreach (Cookie cookie in cookies.GetAllCookies())
        {
            copy.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        }

        return copy;
    }
}
