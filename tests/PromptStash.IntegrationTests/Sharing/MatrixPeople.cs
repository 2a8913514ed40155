using System.Globalization;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>An owner, and everybody who could come to something of theirs.</summary>
public sealed class MatrixPeople(PromptStashApp app) : IAsyncLifetime
{
    public const string Password = "long enough";

    /// <summary>In the order in which they ask: those first who may the least.</summary>
    public static readonly string[] Roles = 
    [
        "anonymous", "stranger", "expired", "revoked", "view", "view by email", "comment", "comment by email", "edit", "edit by email", "owner",
    ];

    public static readonly string[] LinkRoles = ["link", "link to view", "link with password", "link unlocked", "link expired", "link revoked", "no such link"];

    private readonly Dictionary<string, HttpClient> _clients = [];
    private readonly Dictionary<string, object> _recipients = [];
    private int _made;

    public HttpClient ClientOf(string role) => _clients[role];

    private HttpClient Owner => _clients["owner"];

    public async ValueTask InitializeAsync()
    {
        foreach (var role in Roles)
        {
            _clients[role] = role == "anonymous" ? app.NewClient() : await app.SignInAsync();
        }

        foreach (var role in Roles.Except(["anonymous", "stranger", "owner"]))
        {
            _recipients[role] = role.EndsWith("by email", StringComparison.Ordinal) ? new { email = await _clients[role].EmailAsync() } : await _clients[role].AsRecipientAsync();
        }

        foreach (var role in Roles.Where(role => role.EndsWith("by email", StringComparison.Ordinal)))
        {
            await app.VerifyAsync(await _clients[role].EmailAsync());
        }

        foreach (var role in LinkRoles)
        {
            _clients[role] = app.NewClient();
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Somebody else owns what is made from now on: all requests together need more stashes than one may have.</summary>
    public async Task ChangeOwnerAsync()
    {
        _clients["owner"].Dispose();
        _clients["owner"] = await app.SignInAsync();
    }

    /// <summary>A stash of the owner's for one request, it or something in it shared with who asks, and the ids of what is in it.</summary>
    public async Task<Dictionary<string, string>> MakeAsync(string operation, string role, string target = "stash")
    {
        var cancelled = TestContext.Current.CancellationToken;
        var number = Interlocked.Increment(ref _made).ToString(CultureInfo.InvariantCulture);
        var stash = await Owner.CreateStashAsync($"Matrix {number}");
        var file = await Owner.CreateFileAsync(stash, "part/file.md", "some text");
        var things = new Dictionary<string, string>
        {
            ["new"] = $"new{number}",
            ["stashId"] = $"{stash}",
            ["fileId"] = $"{file}",
            ["version"] = "1",
            ["name"] = "stable",
            ["path"] = "part/file.md",
            ["token"] = ShareClient.UnknownToken,
        };
        if (operation.EndsWith("Folder", StringComparison.Ordinal))
        {
            things["folderId"] = $"{await Owner.FolderIdAsync(stash, "part")}";
        }

        if (operation.EndsWith("Label", StringComparison.Ordinal))
        {
            await Owner.PutAsJsonAsync($"/api/v1/files/{file}/labels/stable", new { version = 1 }, cancelled);
        }

        if (operation.EndsWith("Comment", StringComparison.Ordinal))
        {
            things["commentId"] = (await (await Owner.PostAsync($"files/{file}/comments", new { body = "Mine" })).ReadAsync(HttpStatusCode.Created)).Text("id");
        }

        if (operation.EndsWith("Suggestion", StringComparison.Ordinal))
        {
            things["suggestionId"] = $"{await Owner.SuggestionAsync(file, 1, "another text")}";
        }

        if (operation.EndsWith("Tag", StringComparison.Ordinal) || operation == "MergeTags")
        {
            things["tagId"] = (await (await Owner.PostAsync("tags", new { name = $"tag{number}" })).ReadAsync(HttpStatusCode.Created)).Text("id");
            things["otherTagId"] = (await (await Owner.PostAsync("tags", new { name = $"other{number}" })).ReadAsync(HttpStatusCode.Created)).Text("id");
        }

        if (operation.EndsWith("Trash", StringComparison.Ordinal))
        {
            var thrown = await Owner.CreateFileAsync(stash, "thrown.md", "x");
            await Owner.RemoveAsync($"files/{thrown}");
            things["trashId"] = $"{thrown}";
        }

        await ShareAsync(target, target switch { "file" => file, "folder" => await Owner.FolderIdAsync(stash, "part"), _ => stash }, role, things);
        if (operation.Contains("Share", StringComparison.Ordinal))
        {
            things["shareId"] = await ShareIdAsync(operation, stash);
        }

        return things;
    }

    /// <summary>A share of the viewer's, so that others who were given the same stash meet one that is not theirs; of a link for its token.</summary>
    private async Task<string> ShareIdAsync(string operation, Guid stash)
    {
        if (operation is "RenewShareToken")
        {
            return $"{(await Owner.LinkAsync("stash", stash)).Share}";
        }

        var response = await Owner.ShareAsync("stash", stash, _recipients["view"]);
        if (response.StatusCode == HttpStatusCode.Created)
        {
            return (await response.ReadAsync(HttpStatusCode.Created)).Text("id");
        }

        var page = await Owner.GetFromJsonAsync<JsonElement>($"/api/v1/shares?target={stash}", TestContext.Current.CancellationToken);

        return page.GetProperty("items")[0].Text("id");
    }

    private async Task ShareAsync(string type, Guid target, string role, Dictionary<string, string> things)
    {
        if (role.StartsWith("link", StringComparison.Ordinal))
        {
            var link = await Owner.LinkAsync(type, target, role == "link to view" ? "VIEW" : "COMMENT", role is "link with password" or "link unlocked" ? new { password = Password } : null);
            things["token"] = link.Token;
            if (role == "link unlocked")
            {
                await (await ClientOf(role).UnlockAsync(link, Password)).ReadNothingAsync();
            }

            await EndAsync(role, link.Share);
        }
        else if (_recipients.TryGetValue(role, out var recipient))
        {
            var permission = role.Split(' ')[0] switch { "edit" or "expired" or "revoked" => "EDIT", "comment" => "COMMENT", _ => "VIEW" };
            await EndAsync(role, await Owner.GrantAsync(type, target, recipient, permission));
        }
    }

    private async Task EndAsync(string role, Guid share)
    {
        if (role.EndsWith("revoked", StringComparison.Ordinal))
        {
            await (await Owner.RevokeAsync(share)).ReadNothingAsync();
        }

        if (role.EndsWith("expired", StringComparison.Ordinal))
        {
            await using var database = await app.OpenDatabaseAsync();
            await database.ExecuteAsync("UPDATE sharing.file_shares SET expires_at = $2 WHERE id = $1", share, app.Time.GetUtcNow());
        }
    }
}
