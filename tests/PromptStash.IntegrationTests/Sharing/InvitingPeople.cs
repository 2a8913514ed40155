using MimeKit;
using PromptStash.IntegrationTests.Database;
using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class InvitingPeople(PromptStashApp app)
{
    private const string Subject = "Something was shared with you";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sends_one_mail_that_says_who_shares_what_sort_of_thing()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var ada = await app.SignInAsync(house.Api);
        using var bob = await app.SignInAsync(house.Api);
        var email = await VerifiedAsync(house, bob);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "merger.md", "The text of it");

        var answer = await (await ada.ShareAsync("file", file, new { email }, "VIEW", new { note = "For Thursday\n<b>please</b>" })).ReadAsync(HttpStatusCode.Created);

        var mail = await house.Mail.WaitAsync(email, Subject);
        await DeliveredAsync(house);
        Assert.Equal("QUEUED", answer.Text("invitation"));
        Assert.Single(InvitationsTo(house, email));
        Assert.Matches("(?s)\"User \\d+\" has shared a file with you, with these words:\\s+> For Thursday\\s+> <b>please</b>\\s", mail.TextBody!);
        Assert.Contains("For Thursday<br>&lt;b&gt;please&lt;/b&gt;", mail.HtmlBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_the_limit_by_a_share_that_is_there_already_takes_nothing_from_what_the_person_was_sent()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Sharing:InvitationsPerDay", "1"));
        using var ada = await app.SignInAsync(house.Api);
        var email = AuthClient.NewEmail("friend");
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "twice.md", "x");
        await ada.GrantAsync("file", file, new { email });

        await (await ada.ShareAsync("file", file, new { email })).ReadAsync(HttpStatusCode.Conflict);

        await using var database = await house.OpenDatabaseAsync();
        Assert.Equal(
            (1, 1),
            (await database.ScalarAsync<int>("SELECT count FROM sharing.attempt_counters WHERE key = $1", $"invitee:{email}"),
                await database.ScalarAsync<int>("SELECT count FROM sharing.attempt_counters WHERE key = $1", $"inviter:{await ada.UserIdAsync()}")));
    }

    [Fact]
    public async Task Gives_nobody_anything_by_the_mail_alone()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var ada = await app.SignInAsync(house.Api);
        using var bob = await app.SignInAsync(house.Api);
        var email = await VerifiedAsync(house, bob);
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "merger.md", "The text of it");
        var share = await ada.GrantAsync("file", file, new { email });

        var mail = await house.Mail.WaitAsync(email, Subject);

        var link = Mailbox.LinkIn(mail);
        Assert.Equal("https://prompts.example.com/api/v1/shared-with-me", link.ToString());
        Assert.All(
            (string[])["merger", "The text of it", $"{file}", $"{share}", "ps_"],
            secret => Assert.DoesNotContain(secret, $"{mail.Subject} {mail.TextBody} {mail.HtmlBody}", StringComparison.Ordinal));
        using var anybody = house.NewClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.GetAsync(link.PathAndQuery, Cancelled)).StatusCode);
    }

    [Fact]
    public async Task By_an_address_that_nobody_has_proven_sends_no_word_of_whoever_invites()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var ada = await app.SignInAsync(house.Api);
        using var bob = await app.SignInAsync(house.Api);
        string[] addresses = [AuthClient.NewEmail("nobody"), await bob.EmailAsync()];
        foreach (var email in addresses)
        {
            await ada.GrantAsync("stash", await ada.DefaultStashAsync(), new { email }, more: new { note = "Buy walrus oil" });

            var mail = await house.Mail.WaitAsync(email, Subject);

            Assert.DoesNotContain("walrus", $"{mail.TextBody} {mail.HtmlBody}", StringComparison.Ordinal);
            Assert.DoesNotMatch("User \\d+", $"{mail.Subject} {mail.TextBody} {mail.HtmlBody}");
            Assert.Equal("https://prompts.example.com/", Mailbox.LinkIn(mail).ToString());
        }
    }

    [Fact]
    public async Task Who_has_proven_no_address_sends_nothing()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var ada = await app.SignInAsync(house.Api);
        using var bob = await app.SignInAsync(house.Api);

        await ada.GrantAsync("stash", await ada.DefaultStashAsync(), await bob.AsRecipientAsync());

        await DeliveredAsync(house);
        Assert.Empty(InvitationsTo(house, await bob.EmailAsync()));
    }

    [Fact]
    public async Task Happens_once_for_a_share_however_it_is_changed_or_made_again()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var ada = await app.SignInAsync(house.Api);
        using var bob = await app.SignInAsync(house.Api);
        var email = await VerifiedAsync(house, bob);
        var stash = await ada.DefaultStashAsync();
        var share = await ada.GrantAsync("stash", stash, new { email });
        await house.Mail.WaitAsync(email, Subject);

        await (await ada.ShareAsync("stash", stash, new { email }, "EDIT")).ReadAsync(HttpStatusCode.Conflict);
        await (await ada.UpdateShareAsync(share, new { permission = "EDIT", note = "More" })).ReadAsync(HttpStatusCode.OK);

        await DeliveredAsync(house);
        Assert.Single(InvitationsTo(house, email));
    }

    [Fact]
    public async Task Beyond_the_days_limit_makes_the_share_and_says_that_nobody_is_told()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Sharing:InvitationsPerDay", "2"));
        using var ada = await app.SignInAsync(house.Api);
        var stash = await ada.DefaultStashAsync();
        var answers = new List<string>();
        async Task InviteAsync(string email) => answers.Add(
            (await (await ada.ShareAsync("stash", stash, new { email })).ReadAsync(HttpStatusCode.Created)).Text("invitation"));

        await InviteAsync("one@example.com");
        await (await ada.ShareAsync("stash", stash, new { email = "one@example.com" })).ReadAsync(HttpStatusCode.Conflict);
        await InviteAsync("two@example.com");
        await InviteAsync("three@example.com");
        house.Time.Advance(TimeSpan.FromDays(1));
        await InviteAsync("four@example.com");

        // The one that was there already has not counted.
        Assert.Equal(["QUEUED", "QUEUED", "LIMIT_REACHED", "QUEUED"], answers);
        await house.Mail.WaitAsync("four@example.com", Subject);
        await DeliveredAsync(house);
        Assert.Empty(InvitationsTo(house, "three@example.com"));
    }

    [Fact]
    public async Task One_person_is_limited_whoever_invites_and_nobody_is_told()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Sharing:InvitationsPerRecipient", "1"));
        using var ada = await app.SignInAsync(house.Api);
        using var eve = await app.SignInAsync(house.Api);
        var answers = new List<string>();
        foreach (var inviter in (HttpClient[])[ada, eve])
        {
            answers.Add((await (await inviter.ShareAsync("stash", await inviter.DefaultStashAsync(), new { email = "full@example.com" }))
                .ReadAsync(HttpStatusCode.Created)).Text("invitation"));
        }

        await house.Mail.WaitAsync("full@example.com", Subject);
        await DeliveredAsync(house);
        Assert.Equal(["QUEUED", "QUEUED"], answers);
        Assert.Single(InvitationsTo(house, "full@example.com"));
    }

    [Fact]
    public async Task To_what_was_taken_back_before_the_mail_could_go_sends_none()
    {
        await using var server = FakeMailServer.Start();
        await server.StopAsync();
        await using var house = await IdentityHouse.OpenAsync(app, server.Settings);
        using var ada = await app.SignInAsync(house.Api);
        await using var database = await house.OpenDatabaseAsync();
        var stash = await ada.DefaultStashAsync();
        var share = await ada.GrantAsync("stash", stash, new { email = "early@example.com" });
        await ada.GrantAsync("stash", stash, new { email = "late@example.com" });
        await Eventually.TrueAsync(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM sharing.outbox_messages WHERE last_error IS NOT NULL") == 2, "both have failed once");

        await (await ada.RevokeAsync(share)).ReadNothingAsync();
        server.GoOn();

        await Eventually.TrueAsync(
            async () =>
            {
                house.Time.Advance(TimeSpan.FromSeconds(30));

                return await database.ScalarAsync<long>("SELECT count(*) FROM sharing.outbox_messages") == 0;
            },
            "both are settled");
        Assert.Equal(["late@example.com"], server.Mails.Where(mail => mail.Subject!.Contains(Subject, StringComparison.Ordinal)).Select(mail => mail.To.Mailboxes.Single().Address));
    }

    [Fact]
    public async Task By_a_name_with_line_ends_adds_no_header_and_no_recipient()
    {
        await using var house = await IdentityHouse.OpenAsync(app);
        using var ada = await app.SignInAsync(house.Api);
        using var bob = await app.SignInAsync(house.Api);
        var email = await VerifiedAsync(house, bob);
        await using var database = await house.OpenDatabaseAsync();
        await database.ExecuteAsync(
            "UPDATE identity.users SET name = $2 WHERE email = $1", await ada.EmailAsync(), "Ada\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>");

        await ada.GrantAsync("stash", await ada.DefaultStashAsync(), new { email }, more: new { note = "x\r\nBcc: victim@example.com\r\n.\r\n" });

        var mail = await house.Mail.WaitAsync(email, Subject);
        Assert.Equal(
            [HeaderId.AutoSubmitted, HeaderId.Date, HeaderId.From, HeaderId.MessageId, HeaderId.MimeVersion, HeaderId.Subject, HeaderId.To],
            mail.Headers.Select(header => header.Id).Where(id => id != HeaderId.ContentType).Order());
        Assert.Equal([email], mail.GetRecipients().Select(mailbox => mailbox.Address));
        Assert.Contains("\"Ada Bcc: victim@example.com <script>alert(1)</script>\" has shared a stash", mail.TextBody!, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", mail.HtmlBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_way_to_send_mail_says_so_and_makes_the_share()
    {
        await using var house = await IdentityHouse.OpenAsync(app, ("Mail:PickupFolder", ""));
        using var ada = await app.SignInAsync(house.Api);

        var answer = await (await ada.ShareAsync("stash", await ada.DefaultStashAsync(), new { email = "off@example.com" })).ReadAsync(HttpStatusCode.Created);

        Assert.Equal("OFF", answer.Text("invitation"));
    }

    [Fact]
    public async Task Is_not_what_a_link_does()
    {
        using var ada = await app.SignInAsync();

        var answer = await (await ada.ShareAsync("stash", await ada.DefaultStashAsync(), "link")).ReadAsync(HttpStatusCode.Created);

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("invitation").ValueKind);
    }

    private static async Task<string> VerifiedAsync(IdentityHouse house, HttpClient client)
    {
        await using var database = await house.OpenDatabaseAsync();

        return (await database.ScalarAsync<string>("UPDATE identity.users SET email_verified = true WHERE email = $1 RETURNING email", await client.EmailAsync()))!;
    }

    private static List<MimeMessage> InvitationsTo(IdentityHouse house, string email) =>
        [.. house.Mail.To(email).Where(mail => mail.Subject!.Contains(Subject, StringComparison.Ordinal))];

    private static async Task DeliveredAsync(IdentityHouse house)
    {
        await using var database = await house.OpenDatabaseAsync();
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM sharing.outbox_messages") == 0, "all invitations are settled");
    }
}
