namespace PromptStash.IntegrationTests.Sharing;

/// <summary>Who may: everybody below whoever is named; the rest of those who see the thing get 403, those who do not 404, and who has not signed in 401.</summary>
internal enum Least
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

    /// <summary>The same, if the link allows COMMENT.</summary>
    CommentLink,

    /// <summary>Whoever has signed in, about what is theirs and what they were given.</summary>
    SignedIn,

    /// <summary>Everybody.</summary>
    Anybody,

    /// <summary>Those who run the system, none of whom asks: for others nothing is there.</summary>
    Administrator,
}

/// <summary>Who may call an operation, and a request to it that succeeds; in braces stand things by the names of route parameters.</summary>
internal sealed record MatrixRow(Least Least, int Done, object? Body = null, string Query = "", string? IfMatch = null);

/// <summary>A row for each operation below <c>/api/v1</c>.</summary>
internal static class MatrixRows
{
    public static readonly Dictionary<string, MatrixRow> All = new(StringComparer.Ordinal)
    {
        ["GetStash"] = new(Least.View, 200),
        ["GetStashTree"] = new(Least.View, 200),
        ["GetStashBudget"] = new(Least.View, 200),
        ["GetStashReadiness"] = new(Least.View, 200),
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
        ["CopyFolder"] = new(Least.Owner, 201, new { }),
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
        ["CreateShare"] = new(Least.OwnerUnseen, 201, new { target = new { type = "stash", id = "{stashId}" }, with = new { email = "{new}@example.com" }, permission = "VIEW" }),
        ["ListStashes"] = new(Least.SignedIn, 200),
        ["CreateStash"] = new(Least.SignedIn, 201, new { name = "Own {new}" }),
        ["SearchFiles"] = new(Least.SignedIn, 200, Query: "?q=text"),
        ["GetUsage"] = new(Least.SignedIn, 200),
        ["ListTags"] = new(Least.SignedIn, 200),
        ["CreateTag"] = new(Least.SignedIn, 201, new { name = "own{new}" }),
        ["ListTrash"] = new(Least.SignedIn, 200),
        ["EmptyTrash"] = new(Least.SignedIn, 204),
        ["ListSharedWithMe"] = new(Least.SignedIn, 200),
        ["ListMyShares"] = new(Least.SignedIn, 200),
        ["ListShares"] = new(Least.OwnerUnseen, 200, Query: "?target={stashId}"),
        ["RevokeShares"] = new(Least.SignedIn, 200, Query: "?target={stashId}"),
        ["ListAuditEvents"] = new(Least.SignedIn, 200),
        ["ExportAccount"] = new(Least.SignedIn, 200),
        ["ListTemplates"] = new(Least.Anybody, 200),
        ["ValidateFile"] = new(Least.Anybody, 200, new { path = "a.md", content = "x" }),
        ["GetDatabaseOverview"] = new(Least.Administrator, 200),
        ["ListSlowQueries"] = new(Least.Administrator, 200),
        ["ListTables"] = new(Least.Administrator, 200),
        ["ListConnections"] = new(Least.Administrator, 200),
        ["OpenLink"] = new(Least.Link, 200),
        ["GetLinkFile"] = new(Least.Link, 200),
        ["GetLinkRaw"] = new(Least.Link, 200, Query: "?path=part%2Ffile.md"),
        ["GetLinkPreview"] = new(Least.Link, 200, Query: "?path=part%2Ffile.md"),
        ["ExportLink"] = new(Least.Link, 200),
        ["ListLinkComments"] = new(Least.CommentLink, 200, Query: "?path=part%2Ffile.md"),
        ["CreateLinkComment"] = new(Least.CommentLink, 201, new { name = "Grace", body = "Hello" }, "?path=part%2Ffile.md"),
        ["CreateLinkSuggestion"] = new(Least.CommentLink, 201, new { name = "Grace", baseVersion = 1, content = "another text" }, "?path=part%2Ffile.md"),
        ["UnlockLink"] = new(Least.Link, 204, new { password = MatrixPeople.Password }),
    };
}
