using System.Globalization;
using System.Text;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>H11: every operation that names a thing, found by looking at what the API maps, for everybody who could ask for it.</summary>
public sealed class ThePermissionMatrix(PromptStashApp app, MatrixPeople people) : IClassFixture<MatrixPeople>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Who may: everybody below whoever is named; the rest of those who see the thing get 403, those who do not 404, and who has not signed in 401.</summary>
    private enum Least
    {
        /// <summary>VIEW, and more.</summary>
        View,

        /// <summary>COMMENT, and more.</summary>
        Comment,

        /// <summary>EDIT, and the owner.</summary>
        Edit,

        /// <summary>The owner; others who see the thing are told that they may not.</summary>
        Owner,

        /// <summary>The owner; nobody else is told that there is such a thing.</summary>
        OwnerUnseen,

        /// <summary>Not even the owner: it is for whoever a share was made with.</summary>
        Recipient,

        /// <summary>Whoever holds a link that needs no password, or has given it.</summary>
        Link,
    }

    private sealed record Row(Least Least, int Done, object? Body = null, string Query = "", string? IfMatch = null);

    private static readonly Dictionary<string, Row> Rows = new(StringComparer.Ordinal)
    {
        ["GetStash"] = new(Least.View, 200),
        ["GetStashTree"] = new(Least.View, 200),
        ["GetStashBudget"] = new(Least.View, 200),
        ["ListFiles"] = new(Least.View, 200),
        ["ListStashFindings"] = new(Least.View, 200),
        ["SearchStash"] = new(Least.View, 200, Query: "?q=text"),
        ["ExportArchive"] = new(Least.View, 200),
        ["ExportSelection"] = new(Least.View, 200, new { fileIds = new[] { "{fileId}" } }),
        ["CreateFile"] = new(Least.Edit, 201, new { path = "new/{new}.md", content = "x" }),
        ["CreateFolder"] = new(Least.Edit, 201, new { path = "new/{new}" }),
        ["CreateCommit"] = new(Least.Edit, 200, new { message = "m", changes = new[] { new { op = "put", path = "new/{new}.md", content = "x" } } }),
        ["UpdateStash"] = new(Least.Owner, 200, new { name = "Renamed {new}" }),
        ["DeleteStash"] = new(Least.Owner, 204),
        ["CopyStash"] = new(Least.Owner, 201, new { name = "Copy {new}" }),
        ["ImportArchive"] = new(Least.Owner, 200, MatrixRoute.Archive),
        ["BulkFiles"] = new(Least.Owner, 200, new { action = "TAG", fileIds = new[] { "{fileId}" }, tags = new[] { "t" } }),
        ["GetFile"] = new(Least.View, 200),
        ["GetFileRaw"] = new(Least.View, 200),
        ["GetFilePreview"] = new(Least.View, 200),
        ["ListVersions"] = new(Least.View, 200),
        ["GetVersion"] = new(Least.View, 200),
        ["DiffVersions"] = new(Least.View, 200, Query: "?from=1"),
        ["ListLabels"] = new(Least.View, 200),
        ["ListFindings"] = new(Least.View, 200),
        ["ListComments"] = new(Least.Comment, 200),
        ["CreateComment"] = new(Least.Comment, 201, new { body = "Hello" }),
        ["ReplaceFileContent"] = new(Least.Edit, 200, new { content = "another text" }, IfMatch: "*"),
        ["RestoreVersion"] = new(Least.Edit, 200, new { message = "m" }, IfMatch: "*"),
        ["FixFile"] = new(Least.Edit, 200, new { }, IfMatch: "*"),
        ["UpdateFile"] = new(Least.Edit, 200, new { name = "{new}.md" }),
        ["DeleteFile"] = new(Least.Edit, 204),
        ["CopyFile"] = new(Least.Owner, 201, new { }),
        ["SetFileTags"] = new(Least.Owner, 200, new { tags = new[] { "t" } }),
        ["SetLabel"] = new(Least.Owner, 200, new { version = 1 }),
        ["DeleteLabel"] = new(Least.Owner, 204),
        ["GetFolder"] = new(Least.View, 200),
        ["UpdateFolder"] = new(Least.Edit, 200, new { name = "{new}" }),
        ["DeleteFolder"] = new(Least.Edit, 204),
        ["UpdateComment"] = new(Least.Comment, 200, new { resolved = true }),
        ["DeleteComment"] = new(Least.Owner, 204),
        ["ListSuggestions"] = new(Least.Comment, 200),
        ["CreateSuggestion"] = new(Least.Comment, 201, new { baseVersion = 1, content = "another text" }),
        ["GetSuggestion"] = new(Least.OwnerUnseen, 200),
        ["AcceptSuggestion"] = new(Least.OwnerUnseen, 200),
        ["DeclineSuggestion"] = new(Least.OwnerUnseen, 200),
        ["WithdrawSuggestion"] = new(Least.OwnerUnseen, 204),
        ["GetShare"] = new(Least.OwnerUnseen, 200),
        ["UpdateShare"] = new(Least.OwnerUnseen, 200, new { permission = "VIEW" }),
        ["RevokeShare"] = new(Least.OwnerUnseen, 204),
        ["RenewShareToken"] = new(Least.OwnerUnseen, 200),
        ["ListShareAccesses"] = new(Least.OwnerUnseen, 200),
        ["DeclineShare"] = new(Least.Recipient, 204),
        ["UpdateTag"] = new(Least.OwnerUnseen, 200, new { name = "{new}" }),
        ["DeleteTag"] = new(Least.OwnerUnseen, 204),
        ["MergeTags"] = new(Least.OwnerUnseen, 200, new { into = "{otherTagId}" }),
        ["RestoreFromTrash"] = new(Least.OwnerUnseen, 200),
        ["PurgeFromTrash"] = new(Least.OwnerUnseen, 204),
        ["OpenLink"] = new(Least.Link, 200),
        ["GetLinkFile"] = new(Least.Link, 200),
        ["GetLinkRaw"] = new(Least.Link, 200, Query: "?path=part%2Ffile.md"),
        ["GetLinkPreview"] = new(Least.Link, 200, Query: "?path=part%2Ffile.md"),
        ["ExportLink"] = new(Least.Link, 200),
        ["ListLinkComments"] = new(Least.Link, 200, Query: "?path=part%2Ffile.md"),
        ["CreateLinkComment"] = new(Least.Link, 201, new { name = "Grace", body = "Hello" }, "?path=part%2Ffile.md"),
        ["CreateLinkSuggestion"] = new(Least.Link, 201, new { name = "Grace", baseVersion = 1, content = "another text" }, "?path=part%2Ffile.md"),
        ["UnlockLink"] = new(Least.Link, 204, new { password = MatrixPeople.Password }),
    };

    public static TheoryData<string> Operations => [.. Rows.Keys];

    [Fact(DisplayName = "H11: Has a row for every operation that names a thing")]
    public void Has_a_row_for_every_operation_that_names_a_thing()
    {
        var named = MatrixRoute.All(app.Api).Select(route => route.Name).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(Rows.Keys));
        Assert.Empty(Rows.Keys.Except(named));
    }

    [Theory(DisplayName = "H11: Answers everybody as its row says")]
    [MemberData(nameof(Operations))]
    public async Task Answers_everybody_as_its_row_says(string operation)
    {
        var row = Rows[operation];
        var route = MatrixRoute.All(app.Api).Single(route => route.Name == operation);
        var (expected, actual) = (new StringBuilder(), new StringBuilder());

        // Those first who change nothing, so that what the others do is not in their way.
        foreach (var role in row.Least == Least.Link ? MatrixPeople.LinkRoles : MatrixPeople.Roles)
        {
            var things = await people.MakeAsync(operation, role);
            using var request = route.Request(things, row.Body, row.Query, row.IfMatch);
            var response = await people.ClientOf(role).SendAsync(request, Cancelled);
            expected.AppendLine(CultureInfo.InvariantCulture, $"{role}: {Expected(row, operation, role)}");
            actual.AppendLine(CultureInfo.InvariantCulture, $"{role}: {(int)response.StatusCode}");
        }

        Assert.Equal(expected.ToString(), actual.ToString());
    }

    private static int Expected(Row row, string operation, string role) => (row.Least, role) switch
    {
        // What a password guards says so and no more; it is what the password is given to.
        (Least.Link, "link") => row.Done,
        (Least.Link, "link with password") => operation == "UnlockLink" ? row.Done : 401,
        (Least.Link, "link unlocked") => row.Done,
        (Least.Link, _) => 404,
        (_, "anonymous") => 401,
        (_, "stranger" or "expired" or "revoked") => 404,
        (Least.Recipient, "owner") => 404,
        (Least.Recipient, _) => role == "view" ? row.Done : 404,
        (Least.OwnerUnseen, _) => role == "owner" ? row.Done : 404,
        (Least.Owner, _) => role == "owner" ? row.Done : 403,
        (Least.Edit, _) => role is "owner" or "edit" ? row.Done : 403,
        (Least.Comment, _) => role is "owner" or "edit" or "comment" ? row.Done : 403,
        _ => row.Done,
    };
}
