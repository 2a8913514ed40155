using CsCheck;

namespace PromptStash.IntegrationTests.Folders;

/// <summary>Random operations on a stash, compared with a model of it after every one.</summary>
public sealed class ChangingATree(PromptStashApp app)
{
    private const int Samples = 12;
    private const int MaxSteps = 40;

    // Few names, some equal but for their case, so that things meet often.
    private static readonly string[] Names = ["a", "A", "b", "c.md", "C.md", ".d"];

    private static readonly Gen<Step> Steps =
        from operation in Gen.Enum<Operation>()
        from one in Gen.Int[0, 1000]
        from two in Gen.Int[0, 1000]
        from path in Gen.OneOf(Names).Array[1, 4]
        select new Step(operation, one, two, path);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private enum Operation
    {
        CreateFile,
        CreateFolder,
        RenameFolder,
        MoveFolder,
        RenameFile,
        MoveFile,
        DeleteFile,
        DeleteFolder,
        Restore,
        Copy,
        Purge,
    }

    [Fact]
    public Task Does_what_the_model_does_whatever_happens() =>
        Steps.Array[MaxSteps / 2, MaxSteps].SampleAsync(CompareAsync, iter: Samples, threads: 1);

    private async Task CompareAsync(Step[] steps)
    {
        using var ada = await app.SignInAsync();
        var stash = await ada.DefaultStashAsync();
        var model = new StashModel();
        var size = 0;
        foreach (var step in steps)
        {
            var (request, accepted) = Apply(ada, stash, model, step, ref size);
            if (request is null)
            {
                continue;
            }

            using var response = await request;
            var body = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True(
                accepted ? response.IsSuccessStatusCode : response.StatusCode == HttpStatusCode.Conflict, $"{step.Operation}: {(int)response.StatusCode} {body}");
            await AssertEqualAsync(ada, stash, model);
        }
    }

    /// <summary>The request, sent, and whether it should succeed; none when there is nothing to do it to.</summary>
    private static (Task<HttpResponseMessage>? Request, bool Accepted) Apply(HttpClient client, Guid stash, StashModel model, Step step, ref int size)
    {
        var path = string.Join('/', step.Path);
        var file = Pick(model.Files, step.One);
        var folder = Pick(model.Folders, step.One);
        var target = Pick(model.Folders.Append(null), step.Two);
        var trash = Pick(model.Trash, step.One);
        switch (step.Operation)
        {
            case Operation.CreateFile:
                // Of every file another size, which tells the contents apart.
                size++;
                return (client.PostFileAsync(stash, path, new string('x', size)), model.Create(path, isFolder: false, size));
            case Operation.CreateFolder:
                return (client.PostAsync($"stashes/{stash}/folders", new { path }), model.Create(path, isFolder: true, size: 0));
            case Operation.RenameFolder when folder is not null:
                return (client.PatchAsync($"folders/{folder.Id}", new { name = step.Path[0] }), model.Move(folder, folder.Parent, step.Path[0]));
            case Operation.MoveFolder when folder is not null:
                return (client.PatchAsync($"folders/{folder.Id}", new { parentId = target?.Id }), model.Move(folder, target, folder.Name));
            case Operation.RenameFile when file is not null:
                return (client.PatchAsync($"files/{file.Id}", new { name = step.Path[0] }), model.Move(file, file.Parent, step.Path[0]));
            case Operation.MoveFile when file is not null:
                return (client.PatchAsync($"files/{file.Id}", new { folderId = target?.Id }), model.Move(file, target, file.Name));
            case Operation.DeleteFile when file is not null:
                model.Delete(file);
                return (client.DeleteAsync($"/api/v1/files/{file.Id}", Cancelled), true);
            case Operation.DeleteFolder when folder is not null:
                model.Delete(folder);
                return (client.DeleteAsync($"/api/v1/folders/{folder.Id}", Cancelled), true);
            case Operation.Restore when trash is not null:
                model.Restore(trash);
                return (client.PostRestoreAsync(trash.Id), true);
            case Operation.Copy when file is not null:
                model.Copy(file);
                return (client.PostAsync($"files/{file.Id}/copy", new { }), true);
            case Operation.Purge when trash is not null:
                model.Purge(trash);
                return (client.DeleteAsync($"/api/v1/trash/{trash.Id}", Cancelled), true);
            default:
                return (null, false);
        }
    }

    private static async Task AssertEqualAsync(HttpClient client, Guid stash, StashModel model)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);
        var folders = tree.GetProperty("folders").EnumerateArray().ToDictionary(folder => folder.Text("path"), folder => folder.GetProperty("id").GetGuid());
        var files = tree.GetProperty("files").EnumerateArray().ToDictionary(file => file.Text("path"), file => file.GetProperty("id").GetGuid());
        Assert.Equal(model.Folders.Select(folder => folder.Path).Order(StringComparer.Ordinal), folders.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            model.Files.Select(file => $"{file.Path} {file.Size}").Order(StringComparer.Ordinal),
            tree.GetProperty("files").EnumerateArray().Select(file => $"{file.Text("path")} {file.GetProperty("size").GetInt32()}").Order(StringComparer.Ordinal));

        // Also by their ids: what was moved is the same thing, and what is new is given its own.
        foreach (var node in model.Folders.Concat(model.Files))
        {
            var id = (node.IsFolder ? folders : files)[node.Path];
            Assert.True(node.Id == default || node.Id == id, $"'{node.Path}' is another one than before.");
            node.Id = id;
        }

        var trash = await client.TrashAsync();
        Assert.Equal(
            model.Trash.Select(node => $"{node.Id} {(node.IsFolder ? "FOLDER" : "FILE")} {node.Path}").Order(StringComparer.Ordinal),
            trash.Select(item => $"{item.GetProperty("id").GetGuid()} {item.Text("type")} {item.Text("path")}").Order(StringComparer.Ordinal));
    }

    private static T? Pick<T>(IEnumerable<T> things, int number)
        where T : class?
    {
        var all = things.ToList();

        return all.Count == 0 ? null : all[number % all.Count];
    }

    private sealed record Step(Operation Operation, int One, int Two, string[] Path)
    {
        public override string ToString() => $"{Operation} {One} {Two} {string.Join('/', Path)}";
    }
}
