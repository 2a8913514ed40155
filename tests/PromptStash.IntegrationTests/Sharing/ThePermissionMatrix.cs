using System.Globalization;
using System.Text;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>H11: every operation, found by looking at what the API maps, for everybody who could ask for it.</summary>
public sealed class ThePermissionMatrix(PromptStashApp app, MatrixPeople people) : IClassFixture<MatrixPeople>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Operations => [.. MatrixRows.All.Keys];

    /// <summary>Those on a file or a folder, which can be shared by themselves.</summary>
    public static TheoryData<string> OperationsOnAPart =>
    [
        .. MatrixRows.All.Keys.Where(operation => operation.EndsWith("Folder", StringComparison.Ordinal) && operation != "CreateFolder"
            || operation is "GetFile" or "GetFileRaw" or "GetFilePreview" or "ListVersions" or "GetVersion" or "DiffVersions" or "ListLabels" or "ListFindings" or "ListComments"
                or "CreateComment" or "ReplaceFileContent" or "RestoreVersion" or "FixFile" or "UpdateFile" or "DeleteFile" or "CopyFile" or "SetFileTags" or "SetLabel"
                or "DeleteLabel" or "UpdateComment" or "DeleteComment" or "ListSuggestions" or "CreateSuggestion"),
    ];

    [Fact(DisplayName = "H11: Has a row for every operation")]
    public void Has_a_row_for_every_operation()
    {
        var named = MatrixRoute.All(app.Api).Select(route => route.Name).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(MatrixRows.All.Keys));
        Assert.Empty(MatrixRows.All.Keys.Except(named));
    }

    [Theory(DisplayName = "H11: Answers everybody as its row says")]
    [MemberData(nameof(Operations))]
    public async Task Answers_everybody_as_its_row_says(string operation)
    {
        var row = MatrixRows.All[operation];
        var (expected, actual) = (new StringBuilder(), new StringBuilder());
        await people.ChangeOwnerAsync();

        // Those first who change nothing, so that what the others do is not in their way.
        foreach (var role in row.Least is Least.Link or Least.CommentLink ? MatrixPeople.LinkRoles : MatrixPeople.Roles)
        {
            expected.AppendLine(CultureInfo.InvariantCulture, $"{role}: {Expected(row, operation, role)}");
            actual.AppendLine(CultureInfo.InvariantCulture, $"{role}: {await AskAsync(operation, role, "stash")}");
        }

        Assert.Equal(expected.ToString(), actual.ToString());
    }

    [Theory(DisplayName = "H11: Goes as far with a folder or a file as with a stash, but for the shared thing's own place")]
    [MemberData(nameof(OperationsOnAPart))]
    public async Task Goes_as_far_with_a_folder_or_a_file_as_with_a_stash_but_for_the_shared_things_own_place(string operation)
    {
        var row = MatrixRows.All[operation];
        var (expected, actual) = (new StringBuilder(), new StringBuilder());
        await people.ChangeOwnerAsync();

        foreach (var target in (string[])["file", "folder"])
        {
            var ownPlace = target == "file" ? operation is "UpdateFile" or "DeleteFile" : operation is "UpdateFolder" or "DeleteFolder";
            var isSeen = target == "folder" || !operation.EndsWith("Folder", StringComparison.Ordinal);
            foreach (var role in (string[])["expired", "view", "comment", "edit"])
            {
                expected.AppendLine(CultureInfo.InvariantCulture, $"{role} of a {target}: {(!isSeen ? 404 : ownPlace && role == "edit" ? 403 : Expected(row, operation, role))}");
                actual.AppendLine(CultureInfo.InvariantCulture, $"{role} of a {target}: {await AskAsync(operation, role, target)}");
            }
        }

        Assert.Equal(expected.ToString(), actual.ToString());
    }

    /// <summary>The status of an answer, which to those who were given nothing, or not any more, names nothing of the owner's.</summary>
    private async Task<int> AskAsync(string operation, string role, string target)
    {
        var row = MatrixRows.All[operation];
        var things = await people.MakeAsync(operation, role, target);
        using var request = MatrixRoute.All(app.Api).Single(route => route.Name == operation).Request(things, row.Body, row.Query, row.IfMatch);
        using var response = await people.ClientOf(role).SendAsync(request, Cancelled);
        if (role is "anonymous" or "stranger" or "expired" or "revoked")
        {
            var answer = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.All(
                things.Where(thing => Guid.TryParse(thing.Value, out _)),
                thing => Assert.DoesNotContain(thing.Value, answer, StringComparison.OrdinalIgnoreCase));
        }

        return (int)response.StatusCode;
    }

    private static int Expected(MatrixRow row, string operation, string role) => (row.Least, GivenTo(role)) switch
    {
        (Least.CommentLink, "link to view") => 404,
        (Least.CommentLink, _) => Expected(row with { Least = Least.Link }, operation, role),
        (Least.Link, "link to view") => row.Done,

        // What a password guards says so and no more; it is what the password is given to.
        (Least.Link, "link") => row.Done,
        (Least.Link, "link with password") => operation == "UnlockLink" ? row.Done : 401,
        (Least.Link, "link unlocked") => row.Done,
        (Least.Link, _) => 404,
        (Least.Anybody, _) => row.Done,
        (_, "anonymous") => 401,
        (Least.SignedIn, _) => row.Done,
        (Least.Administrator, _) => 404,
        (_, "stranger" or "expired" or "revoked") => 404,
        (Least.Recipient, "owner") => 404,
        (Least.Recipient, _) => role == "view" ? row.Done : 404,
        (Least.OwnerUnseen, _) => role == "owner" ? row.Done : 404,
        (Least.Owner, _) => role == "owner" ? row.Done : 403,
        (Least.Edit, _) => GivenTo(role) is "owner" or "edit" ? row.Done : 403,
        (Least.Comment, _) => GivenTo(role) is "owner" or "edit" or "comment" ? row.Done : 403,
        _ => row.Done,
    };

    /// <summary>What somebody was given, whether by user or by e-mail.</summary>
    private static string GivenTo(string role) => role.Split(" by ")[0];
}
