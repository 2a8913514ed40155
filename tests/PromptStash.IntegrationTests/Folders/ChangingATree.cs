using CsCheck;

namespace PromptStash.IntegrationTests.Folders;

/// <summary>Random operations on a stash, compared with a model of it after every one.</summary>
public sealed class ChangingATree(PromptStashApp app)
{
    private const int Samples = 12;
    private const int MaxSteps = 40;

    // Few names, some equal but for their case, so that things meet often.
    private static readonly string[] Names = ["a", "A", "b", "c.md", "C.md", "c.json", ".d"];

    private static readonly Gen<Change> Changes =
        from op in Gen.OneOf("put", "delete", "move")
        from one in Gen.Int[0, 1000]
        from there in Gen.Bool
        from again in Gen.Bool
        from path in Gen.OneOf(Names).Array[1, 3]
        from to in Gen.OneOf(Names).Array[1, 3]
        select new Change(op, one, there, again, path, to);

    private static readonly Gen<Step> Steps =
        from operation in Gen.Frequency((2, Gen.Enum<Operation>()), (1, Gen.Const(Operation.Commit)))
        from one in Gen.Int[0, 1000]
        from two in Gen.Int[0, 1000]
        from path in Gen.OneOf(Names).Array[1, 4]
        from changes in Changes.Array[1, 4]
        select new Step(operation, one, two, path, changes);

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
        Commit,
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
            var (request, accepted, about) = step.Operation == Operation.Commit ? Commit(ada, stash, model, step, ref size) : Apply(ada, stash, model, step, ref size);
            if (request is null)
            {
                continue;
            }

            using var response = await request;
            var body = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True(
                accepted ? response.IsSuccessStatusCode : response.StatusCode == HttpStatusCode.Conflict, $"{step.Operation}: {(int)response.StatusCode} {body}");
            if (accepted && about is not null)
            {
                AssertAbout(JsonSerializer.Deserialize<JsonElement>(body), about);
            }

            await AssertEqualAsync(ada, stash, model);
        }
    }

    private static (Task<HttpResponseMessage>? Request, bool Accepted, List<ModelNode?>? About) Commit(
        HttpClient client, Guid stash, StashModel model, Step step, ref int size)
    {
        var there = model.Files.Concat(model.Folders).ToList();
        var changes = new List<ModelChange>();
        foreach (var change in step.Changes)
        {
            // Half of them about what was there before the commit, which the changes before may have moved; some with the content that it has.
            var node = change.There ? Pick(there, change.One) : null;
            changes.Add(new ModelChange(
                change.Op,
                node?.Path ?? string.Join('/', change.Path),
                change.Op == "move" ? string.Join('/', change.To) : null,
                change.Again && node is { IsFolder: false } ? node.Size : ++size));
        }

        var request = client.PostAsync(
            $"stashes/{stash}/commits",
            new { message = "x", changes = changes.ConvertAll(change => new { change.Op, change.Path, change.To, content = change.Op == "put" ? new string('x', change.Size) : null }) });
        var about = model.Commit(changes);

        return (request, about is not null, about);
    }

    /// <summary>The answer tells of each change what it was about.</summary>
    private static void AssertAbout(JsonElement answer, List<ModelNode?> about)
    {
        foreach (var (change, node) in answer.GetProperty("changes").EnumerateArray().Zip(about))
        {
            var id = change.GetProperty("id");
            Assert.Equal(node is null, id.ValueKind == JsonValueKind.Null);
            if (node is not null)
            {
                Assert.True(node.Id == default || node.Id == id.GetGuid(), $"'{node.Path}' is another one than before.");
                node.Id = id.GetGuid();
            }
        }
    }

    /// <summary>The request, sent, and whether it should succeed; none when there is nothing to do it to.</summary>
    private static (Task<HttpResponseMessage>? Request, bool Accepted, List<ModelNode?>? About) Apply(HttpClient client, Guid stash, StashModel model, Step step, ref int size)
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
                var kind = step.Two % 3 == 0 ? "RULE" : null;
                return (client.PostFileAsync(stash, path, new string('x', size), kind), model.Create(path, isFolder: false, size, kind), null);
            case Operation.CreateFolder:
                return (client.PostAsync($"stashes/{stash}/folders", new { path }), model.Create(path, isFolder: true, size: 0), null);
            case Operation.RenameFolder when folder is not null:
                return (client.PatchAsync($"folders/{folder.Id}", new { name = step.Path[0] }), model.Move(folder, folder.Parent, step.Path[0]), null);
            case Operation.MoveFolder when folder is not null:
                return (client.PatchAsync($"folders/{folder.Id}", new { parentId = target?.Id }), model.Move(folder, target, folder.Name), null);
            case Operation.RenameFile when file is not null:
                return (client.PatchAsync($"files/{file.Id}", new { name = step.Path[0] }), model.Move(file, file.Parent, step.Path[0]), null);
            case Operation.MoveFile when file is not null:
                return (client.PatchAsync($"files/{file.Id}", new { folderId = target?.Id }), model.Move(file, target, file.Name), null);
            case Operation.DeleteFile when file is not null:
                model.Delete(file);
                return (client.DeleteAsync($"/api/v1/files/{file.Id}", Cancelled), true, null);
            case Operation.DeleteFolder when folder is not null:
                model.Delete(folder);
                return (client.DeleteAsync($"/api/v1/folders/{folder.Id}", Cancelled), true, null);
            case Operation.Restore when trash is not null:
                model.Restore(trash);
                return (client.PostRestoreAsync(trash.Id), true, null);
            case Operation.Copy when file is not null:
                model.Copy(file);
                return (client.PostAsync($"files/{file.Id}/copy", new { }), true, null);
            case Operation.Purge when trash is not null:
                model.Purge(trash);
                return (client.DeleteAsync($"/api/v1/trash/{trash.Id}", Cancelled), true, null);
            default:
                return (null, false, null);
        }
    }

    private static async Task AssertEqualAsync(HttpClient client, Guid stash, StashModel model)
    {
        var tree = await client.GetFromJsonAsync<JsonElement>($"/api/v1/stashes/{stash}/tree", Cancelled);
        var folders = tree.GetProperty("folders").EnumerateArray().ToDictionary(folder => folder.Text("path"), folder => folder.GetProperty("id").GetGuid());
        var files = tree.GetProperty("files").EnumerateArray().ToDictionary(file => file.Text("path"), file => file.GetProperty("id").GetGuid());
        Assert.Equal(model.Folders.Select(folder => folder.Path).Order(StringComparer.Ordinal), folders.Keys.Order(StringComparer.Ordinal));
        var found = tree.GetProperty("files").EnumerateArray().ToDictionary(file => file.Text("path"));
        Assert.Equal(model.Files.Select(file => file.Path).Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        foreach (var file in model.Files)
        {
            file.Kind ??= found[file.Path].Text("kind");
        }

        Assert.Equal(
            model.Files.Select(file => $"{file.Path} {file.Name} {file.Size} v{file.Version} {file.FileType} {file.Kind}").Order(StringComparer.Ordinal),
            found.Values
                .Select(file => $"{file.Text("path")} {file.Text("name")} {file.GetProperty("size").GetInt32()} v{file.GetProperty("version").GetInt32()} {file.Text("fileType")} {file.Text("kind")}")
                .Order(StringComparer.Ordinal));

        // Also by their ids: what was moved is the same thing, and what is new is given its own.
        foreach (var node in model.Folders.Concat(model.Files))
        {
            var id = (node.IsFolder ? folders : files)[node.Path];
            Assert.True(node.Id == default || node.Id == id, $"'{node.Path}' is another one than before.");
            node.Id = id;
        }

        // What lies in a folder by its path lies in it by its id too.
        var parents = tree.GetProperty("folders").EnumerateArray().Select(folder => (folder.Text("path"), folder.GetProperty("parentId")))
            .Concat(found.Values.Select(file => (file.Text("path"), file.GetProperty("folderId"))))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2.ValueKind == JsonValueKind.Null ? default(Guid?) : pair.Item2.GetGuid());
        Assert.All(model.Folders.Concat(model.Files), node => Assert.Equal(node.Parent?.Id, parents[node.Path]));

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

    private sealed record Change(string Op, int One, bool There, bool Again, string[] Path, string[] To)
    {
        public override string ToString() => $"{Op} {(There ? One : string.Join('/', Path))} {(Again ? "again" : "")} {string.Join('/', To)}";
    }

    private sealed record Step(Operation Operation, int One, int Two, string[] Path, Change[] Changes)
    {
        public override string ToString() => $"{Operation} {One} {Two} {string.Join('/', Path)} [{string.Join("; ", (object[])Changes)}]";
    }
}
