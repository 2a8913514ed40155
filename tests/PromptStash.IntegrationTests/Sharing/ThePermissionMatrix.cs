using System.Globalization;
using System.Text;

namespace PromptStash.IntegrationTests.Sharing;

/// <summary>H11: every operation that names a thing, found by looking at what the API maps, for everybody who could ask for it.</summary>
public sealed class ThePermissionMatrix(PromptStashApp app, MatrixPeople people) : IClassFixture<MatrixPeople>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Operations => [.. MatrixRows.All.Keys];

    [Fact(DisplayName = "H11: Has a row for every operation that names a thing")]
    public void Has_a_row_for_every_operation_that_names_a_thing()
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

    private static int Expected(MatrixRow row, string operation, string role) => (row.Least, role) switch
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
