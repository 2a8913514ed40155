using System.Globalization;
using System.Text;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Versions;

public sealed class StoringContents(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hundred_versions_with_three_changed_lines_each_takes_less_than_a_tenth_of_them()
    {
        const int Versions = 200;
        using var ada = await app.SignInAsync();
        var random = new Random(1);
        var lines = Enumerable.Range(0, 350).Select(_ => Line(random)).ToList();
        var texts = new List<string> { string.Concat(lines) };
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "long.md", texts[0]);
        for (var version = 1; version < Versions; version++)
        {
            for (var change = 0; change < 3; change++)
            {
                lines[random.Next(lines.Count)] = Line(random);
            }

            texts.Add(string.Concat(lines));
            await (await ada.PutContentAsync(file, $"\"v{version}\"", texts[^1])).ReadAsync(HttpStatusCode.OK);
        }

        await using var database = await app.OpenDatabaseAsync();
        var packed = await database.ScalarAsync<long>(
            "SELECT sum(octet_length(c.data)) FROM stashes.contents AS c JOIN stashes.files AS f ON f.owner_id = c.owner_id WHERE f.id = $1", file);
        var plain = texts.Sum(Encoding.UTF8.GetByteCount);
        TestContext.Current.SendDiagnosticMessage($"{plain} bytes in {Versions} versions take {packed}: 1 to {plain / (double)packed:F1}");
        Assert.True(packed * 10 < plain, $"{packed} of {plain} bytes");
        foreach (var version in (int[])[1, 2, 17, 18, 100, 199, 200])
        {
            Assert.Equal(texts[version - 1], await ada.GetStringAsync($"/api/v1/files/{file}/raw?version={version}", Cancelled));
        }
    }

    [Fact]
    public async Task That_are_the_same_stores_them_once()
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var file = await ada.CreateFileAsync(stash, "one.md", "the same");
        await ada.CreateFileAsync(stash, "two.md", "the same");
        await (await ada.PutContentAsync(file, "\"v1\"", "another")).ReadAsync(HttpStatusCode.OK);
        await (await ada.PutContentAsync(file, "\"v2\"", "the same")).ReadAsync(HttpStatusCode.OK);

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(2, await database.ScalarAsync<long>(
            "SELECT count(*) FROM stashes.contents AS c JOIN stashes.files AS f ON f.owner_id = c.owner_id WHERE f.id = $1", file));
    }

    [Fact]
    public async Task Of_different_owners_keeps_them_apart()
    {
        using var ada = await app.SignInAsync();
        using var eve = await app.SignInAsync();
        var text = $"only here {app.NewId()}";
        await ada.CreateFileAsync(await ada.DefaultStashAsync(), "one.md", text);
        await eve.CreateFileAsync(await eve.DefaultStashAsync(), "one.md", text);

        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM stashes.contents WHERE hash = sha256(convert_to($1, 'UTF8'))", text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/raw")]
    [InlineData("/versions/1")]
    [InlineData("/diff?from=1&to=1")]
    public async Task That_are_damaged_is_noticed_and_nothing_of_them_is_served(string form)
    {
        using var ada = await app.SignInAsync();
        var text = string.Create(CultureInfo.InvariantCulture, $"damaged {app.NewId()} ") + string.Concat(Enumerable.Repeat("and long enough to be packed\n", 20));
        var file = await ada.CreateFileAsync(await ada.DefaultStashAsync(), "damaged.md", text);
        await using var database = await app.OpenDatabaseAsync();
        Assert.Equal(1, await database.ExecuteAsync(
            """
            UPDATE stashes.contents AS c SET data = set_byte(data, octet_length(data) / 2, get_byte(data, octet_length(data) / 2) # 1)
            FROM stashes.files AS f WHERE f.id = $1 AND c.owner_id = f.owner_id AND c.hash = f.content_hash
            """, file));

        var response = await ada.GetAsync($"/api/v1/files/{file}{form}", Cancelled);

        var problem = await response.ReadAsync(HttpStatusCode.InternalServerError);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("damaged", problem.ToString(), StringComparison.Ordinal);
    }

    private static string Line(Random random) => string.Join(
        ' ', Enumerable.Range(0, 6).Select(_ => random.Next(46656).ToString("x5", CultureInfo.InvariantCulture))) + ".....\n";
}
