using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

public sealed class SendingMail(PromptStashApp app)
{
    [Fact]
    public async Task Hands_a_text_and_a_page_to_the_server()
    {
        await using var server = FakeMailServer.Start();
        await using var house = await IdentityHouse.OpenAsync(app, [.. server.Settings, ("Mail:From", "PromptStash <hello@prompts.example.com>")]);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();

        var mail = await server.WaitAsync(email, "Confirm your e-mail address");

        Assert.Equal("hello@prompts.example.com", mail.From.Mailboxes.Single().Address);
        Assert.EndsWith("@prompts.example.com", mail.MessageId, StringComparison.Ordinal);
        Assert.Contains(Mailbox.LinkIn(mail).ToString(), mail.TextBody, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(Mailbox.LinkIn(mail).ToString()), mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_delayed_by_a_server_that_is_down_and_loses_nothing()
    {
        await using var server = FakeMailServer.Start();
        await server.StopAsync();
        await using var house = await IdentityHouse.OpenAsync(app, server.Settings);
        var emails = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            using var client = house.NewClient();
            emails.Add(await client.NewUserAsync());
        }

        await using var database = await house.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages WHERE last_error IS NOT NULL") == 5, "all five have failed once");
        Assert.DoesNotContain(await database.ColumnAsync("SELECT payload::text FROM identity.outbox_messages"), payload => payload.Contains("token", StringComparison.OrdinalIgnoreCase));
        server.GoOn();

        await Eventually.TrueAsync(
            async () =>
            {
                house.Time.Advance(TimeSpan.FromSeconds(30));

                return await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages") == 0;
            },
            "all five were handed over");
        Assert.Equal(emails.Order(StringComparer.Ordinal), server.Mails.Select(mail => mail.To.Mailboxes.Single().Address).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Gives_up_on_an_address_that_there_is_not()
    {
        await using var server = FakeMailServer.Start();
        await using var house = await IdentityHouse.OpenAsync(app, server.Settings);
        using var client = house.NewClient();
        var email = AuthClient.NewEmail("nobody");
        server.Unknown[email] = true;

        await client.SignUpAsync(email);

        await using var database = await house.OpenDatabaseAsync();
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages") == 0, "the mail was given up");
        Assert.Contains(house.Log.Lines, line => line.Contains("refuses the recipient of a mail for good (550)", StringComparison.Ordinal));
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task That_the_server_does_not_take_now_is_tried_again_and_logged_without_its_address()
    {
        await using var server = FakeMailServer.Start();
        await using var house = await IdentityHouse.OpenAsync(app, server.Settings);
        using var client = house.NewClient();
        var email = AuthClient.NewEmail("busy");
        server.Busy[email] = true;

        await client.SignUpAsync(email);

        await Eventually.TrueAsync(
            () => Task.FromResult(house.Log.Lines.Any(line => line.Contains("The mail server does not take a mail now: 450", StringComparison.Ordinal))), "the failure is logged");
        Assert.DoesNotContain(house.Log.Lines, line => line.Contains(email, StringComparison.Ordinal));
        server.Busy.Clear();
        house.Time.Advance(TimeSpan.FromSeconds(30));
        await server.WaitAsync(email, "Confirm your e-mail address");
    }

    [Theory]
    [InlineData("Mail:PickupFolder", "", "Mail:Smtp:Host")]
    [InlineData("Api:PublicUrl", "", "Api:PublicUrl")]
    [InlineData("Mail:From", "nobody at all", "Mail:From")]
    [InlineData("Mail:Smtp:Host", "mail.example.com", "Mail:PickupFolder")]
    [InlineData("Identity:Session:Lifetime", "60.00:00:00", "Identity:Session")]
    public async Task That_is_not_set_up_is_told_at_the_start(string key, string value, string message)
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => app.StartApiAsync(("Identity:RequireVerifiedEmail", "true"), (key, value)));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_a_way_to_fill_somebodys_mailbox()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var client = house.NewClient();
        var email = await client.NewUserAsync();
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await (await client.PostAuthAsync("request-password-reset", new { email })).ReadAsync(HttpStatusCode.OK);
        }

        await house.Mail.WaitAsync(email, "Choose a new password", count: 9);
        await using var database = await house.OpenDatabaseAsync();
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM identity.outbox_messages") == 0, "the outbox is empty");
        Assert.Equal(10, house.Mail.To(email).Count);
    }
}
