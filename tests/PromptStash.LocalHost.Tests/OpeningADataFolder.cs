using PromptStash.LocalHost.Data;

namespace PromptStash.LocalHost.Tests;

public sealed class OpeningADataFolder : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void That_is_in_use_says_who_uses_it_and_what_to_do()
    {
        using var first = DataFolder.Open(_temp.In("data"));

        var problem = Assert.Throws<LocalHostException>(() => DataFolder.Open(_temp.In("data")));

        Assert.Equal(
            $"Another PromptStash (process {Environment.ProcessId}) is using the data folder {_temp.In("data")}. "
            + "Stop that one first, or choose another folder with --data DIR.",
            problem.Message);
    }

    [Fact]
    public void That_was_closed_is_possible_again()
    {
        DataFolder.Open(_temp.In("data")).Dispose();

        using var second = DataFolder.Open(_temp.In("data"));

        Assert.Equal(_temp.In("data"), second.Path);
    }

    [Fact]
    public void That_is_missing_makes_one_for_its_owner_only_below_ordinary_parents()
    {
        var ordinary = Directory.CreateDirectory(_temp.In("ordinary")).FullName;

        using var folder = DataFolder.Open(_temp.In("parent", "data"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, TempFolder.Mode(folder.Path));
        Assert.Equal(TempFolder.Mode(ordinary), TempFolder.Mode(_temp.In("parent")));
    }

    [Fact]
    public void That_cannot_be_made_says_so()
    {
        File.WriteAllText(_temp.In("file"), "");

        var problem = Assert.Throws<LocalHostException>(() => DataFolder.Open(_temp.In("file", "data")));

        Assert.Contains("Choose another one with --data DIR", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_a_password_that_stays_the_same()
    {
        using var folder = DataFolder.Open(_temp.In("data"));
        var first = LocalState.Load(folder.StateFile);

        first.Save(folder.StateFile);

        Assert.Equal(64, first.DatabasePassword.Length);
        Assert.Equal(first, LocalState.Load(folder.StateFile));
    }

    [Fact]
    public void Whose_secrets_are_damaged_says_so_instead_of_starting_over()
    {
        using var folder = DataFolder.Open(_temp.In("data"));
        File.WriteAllText(folder.StateFile, "{}");

        var problem = Assert.Throws<LocalHostException>(() => LocalState.Load(folder.StateFile));

        Assert.Contains("holds the database's password", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connections")]
    [InlineData("state")]
    public void Keeps_secrets_from_other_users(string file)
    {
        using var folder = DataFolder.Open(_temp.In("data"));
        var path = file == "state" ? folder.StateFile : folder.ConnectionsFile;
        File.WriteAllText(path, "an older file that everybody may read");

        LocalState.Load(_temp.In("none")).Save(folder.StateFile);
        new ConnectionsFile("direct", "pooled", "url").Save(folder.ConnectionsFile);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, TempFolder.Mode(path));
    }
}
