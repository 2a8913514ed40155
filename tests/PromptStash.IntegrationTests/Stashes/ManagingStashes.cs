namespace PromptStash.IntegrationTests.Stashes;

public sealed class ManagingStashes(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("USER")]
    [InlineData("PROJECT")]
    [InlineData("PLUGIN")]
    [InlineData("MARKETPLACE")]
    public async Task Keeps_each_scope_as_it_is_spelled(string scope)
    {
        using var ada = await app.SignInAsync();

        var id = await ada.CreateStashAsync("Scoped", scope);

        var stash = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{id}", Cancelled);
        Assert.Equal(scope, stash.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Answers_an_unknown_scope_with_400_and_a_problem_document()
    {
        using var ada = await app.SignInAsync();

        var response = await ada.PostAsJsonAsync("/api/v1/stashes", new { name = "Scoped", scope = "GALAXY" }, Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("bell\u0007")]
    [InlineData("nul\0")]
    [InlineData("swapped\uFFFE")]
    public async Task Refuses_a_name_that_nobody_can_read(string name)
    {
        using var ada = await app.SignInAsync();

        var problem = await (await ada.PostAsJsonAsync("/api/v1/stashes", new { name }, Cancelled)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("name", out _), problem.ToString());
    }

    [Fact]
    public async Task Takes_two_names_that_look_the_same_for_one()
    {
        using var ada = await app.SignInAsync();
        await ada.CreateStashAsync("caf\u00E9");

        var response = await ada.PostAsJsonAsync("/api/v1/stashes", new { name = "cafe\u0301" }, Cancelled);

        await response.ReadAsync(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Gives_one_of_two_simultaneous_requests_a_name_and_the_other_a_conflict()
    {
        using var ada = await app.SignInAsync();

        var answers = await Task.WhenAll(
            ada.PostAsJsonAsync("/api/v1/stashes", new { name = "Twin" }, Cancelled),
            ada.PostAsJsonAsync("/api/v1/stashes", new { name = "tWIN" }, Cancelled));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task Changes_only_what_a_patch_names()
    {
        using var ada = await app.SignInAsync();
        var id = await ada.CreateStashAsync("Before", "PLUGIN");

        var stash = await (await ada.PatchAsJsonAsync($"/api/v1/stashes/{id}", new { description = "New" }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(
            ("Before", "PLUGIN", "New"),
            (stash.GetProperty("name").GetString(), stash.GetProperty("scope").GetString(), stash.GetProperty("description").GetString()));
    }

    [Fact]
    public async Task Refuses_to_give_one_the_name_of_another_whatever_its_case()
    {
        using var ada = await app.SignInAsync();
        await ada.CreateStashAsync("Taken");
        var id = await ada.CreateStashAsync("Free");

        await (await ada.PatchAsJsonAsync($"/api/v1/stashes/{id}", new { name = "TAKEN", description = "New" }, Cancelled)).ReadAsync(HttpStatusCode.Conflict);
        await (await ada.PatchAsJsonAsync($"/api/v1/stashes/{id}", new { name = "FREE" }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        var stash = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{id}", Cancelled);
        Assert.Equal("FREE", stash.GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, stash.GetProperty("description").ValueKind);
    }

    [Fact]
    public async Task Removes_a_description_that_is_patched_to_be_empty()
    {
        using var ada = await app.SignInAsync();
        var id = await ada.CreateStashAsync("Described");
        await ada.PatchAsJsonAsync($"/api/v1/stashes/{id}", new { description = "Old" }, Cancelled);

        var stash = await (await ada.PatchAsJsonAsync($"/api/v1/stashes/{id}", new { description = "" }, Cancelled)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(JsonValueKind.Null, stash.GetProperty("description").ValueKind);
    }

    [Fact]
    public async Task Counts_live_files_and_folders_only()
    {
        using var ada = await app.SignInAsync();
        var id = await ada.CreateStashAsync("Counted");
        await ada.CreateFileAsync(id, "a/b/one.md", "1");
        var two = await ada.CreateFileAsync(id, "a/two.md", "2");
        (await ada.DeleteAsync($"/api/v1/files/{two}", Cancelled)).EnsureSuccessStatusCode();

        var stash = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{id}", Cancelled);

        Assert.Equal((1, 2), (stash.GetProperty("fileCount").GetInt32(), stash.GetProperty("folderCount").GetInt32()));
    }

    [Fact]
    public async Task Pages_through_all_of_them_newest_first_without_repeating_one()
    {
        using var ada = await app.SignInAsync();
        var made = new List<Guid> { await ada.DefaultStashAsync() };
        for (var i = 0; i < 7; i++)
        {
            made.Insert(0, await ada.CreateStashAsync($"Stash {i}"));
        }

        var listed = new List<Guid>();
        string? next = null;
        do
        {
            var page = await ada.GetFromJsonAsync<JsonElement>($"/api/v1/stashes?limit=3{(next is null ? "" : "&after=" + next)}", Cancelled);
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(stash => stash.GetProperty("id").GetGuid()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(made, listed);
    }

    [Fact]
    public async Task Takes_what_is_in_a_deleted_stash_out_of_sight()
    {
        using var ada = await app.SignInAsync();
        var id = await ada.CreateStashAsync("Doomed");
        var file = await ada.CreateFileAsync(id, "one.md", "1");

        (await ada.DeleteAsync($"/api/v1/stashes/{id}", Cancelled)).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.NotFound, (await ada.GetAsync($"/api/v1/files/{file}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Keeps_what_is_in_a_deleted_stash_in_the_database()
    {
        using var ada = await app.SignInAsync();
        var id = await ada.CreateStashAsync("Doomed");
        var file = await ada.CreateFileAsync(id, "one.md", "still here");

        (await ada.DeleteAsync($"/api/v1/stashes/{id}", Cancelled)).EnsureSuccessStatusCode();

        await using var database = await app.OpenDatabaseAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT content FROM stashes.files WHERE id = $1", database) { Parameters = { new() { Value = file } } };
        Assert.Equal("still here", await command.ExecuteScalarAsync(Cancelled));
    }

    [Theory]
    [InlineData("name", "asc", "A B C")]
    [InlineData("name", "desc", "C B A")]
    [InlineData("created", "asc", "B C A")]
    [InlineData("created", "desc", "A C B")]
    [InlineData("updated", "asc", "C A B")]
    [InlineData("updated", "desc", "B A C")]
    public async Task Lists_them_in_every_order_page_by_page(string sort, string order, string names)
    {
        using var ada = await app.SignInAsync();
        var first = await ada.CreateStashAsync("B", "PLUGIN");
        await ada.CreateStashAsync("C", "PLUGIN");
        await ada.CreateStashAsync("A", "PLUGIN");
        await ada.CreateFileAsync(first, "one.md", "1");

        var stashes = await ada.AllPagesAsync($"stashes?scope=PLUGIN&sort={sort}&order={order}", limit: 1);

        Assert.Equal(names, string.Join(' ', stashes.Select(stash => stash.Text("name"))));
    }

    [Theory]
    [InlineData("sort=size")]
    [InlineData("scope=GALAXY")]
    [InlineData("sort=name&after=bm9uZQ")]
    public async Task Refuses_to_list_them_by_what_it_cannot_read(string query)
    {
        using var ada = await app.SignInAsync();

        await (await ada.GetAsync($"/api/v1/stashes?{query}", Cancelled)).ReadAsync(HttpStatusCode.BadRequest);
    }
}
