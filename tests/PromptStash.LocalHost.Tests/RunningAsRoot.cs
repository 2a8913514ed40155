using PromptStash.LocalHost.Processes;

namespace PromptStash.LocalHost.Tests;

public sealed class RunningAsRoot : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Machine _machine;
    private readonly TempFolder _temp = new();
    private readonly string _password = Machine.NewPassword();

    public RunningAsRoot(Machine machine)
    {
        Assert.SkipUnless(TempFolder.IsRoot, "Only root can change to another user.");
        _machine = machine;
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Runs_the_server_as_a_user_without_privileges()
    {
        await using var postgres = await _machine.StartAsync(_temp.In("postgres"), _password);

        var status = await File.ReadAllLinesAsync($"/proc/{RunningProcess.ReadPidFile(postgres.PidFile)}/status", Cancelled);
        Assert.DoesNotContain(status, line => line.StartsWith("Uid:", StringComparison.Ordinal) && line.Contains("\t0", StringComparison.Ordinal));
        Assert.DoesNotContain(status, line => line.StartsWith("Groups:", StringComparison.Ordinal) && line.Split(' ', '\t').Contains("0"));
    }

    [Fact]
    public async Task Stays_with_the_owner_of_existing_data()
    {
        var folder = _temp.In("postgres");
        await using (var first = await _machine.StartAsync(folder, _password))
        {
            Assert.NotEqual("nobody", first.User!.Name);
        }

        await new UnprivilegedUser("nobody").OwnAsync(Cancelled, folder);
        await using var second = await _machine.StartAsync(folder, _password);

        Assert.Equal("nobody", second.User!.Name);
    }

    [Fact]
    public async Task Says_which_folder_is_closed_to_that_user()
    {
        var closed = _temp.In("closed");
        CreatePrivate(closed);

        var problem = await Assert.ThrowsAsync<LocalHostException>(
            () => _machine.StartAsync(Path.Combine(closed, "data", "postgres"), _password));

        Assert.Contains($"may not enter {closed}", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod o+x {closed}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lets_that_user_pass_through_a_private_folder_without_opening_it_to_others()
    {
        var folder = _temp.In("private");
        CreatePrivate(folder);
        var user = await UnprivilegedUser.ChooseAsync(null, Cancelled);

        await user!.LetThroughAsync(folder, Cancelled);

        await user.EnsureReachesAsync(folder, Cancelled);
        Assert.Equal(Private | UnixFileMode.GroupExecute, TempFolder.Mode(folder));
    }

    [Fact]
    public async Task Leaves_a_folder_alone_that_everybody_may_pass_through()
    {
        var before = TempFolder.Mode(_temp.Path);
        var user = await UnprivilegedUser.ChooseAsync(null, Cancelled);

        await user!.LetThroughAsync(_temp.Path, Cancelled);

        Assert.Equal(before, TempFolder.Mode(_temp.Path));
    }

    private static void CreatePrivate(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder, Private);
        }
    }
}
