using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using PromptStash.MigrationService;

namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class SavingAndRestoring(PromptStashApp app, DumpableCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Into_an_empty_database_brings_back_every_row()
    {
        var (source, file) = await SaveAsync();
        var target = await cluster.CreateDatabaseAsync();

        (await cluster.VerbAsync(target, "restore", file)).Ends(0);

        Assert.Equal(await PathsAsync(source), await PathsAsync(target));
        (await cluster.VerbAsync(target, "status")).Ends(0);
    }

    [Fact]
    public async Task Over_a_database_that_is_not_empty_is_refused_and_changes_nothing()
    {
        var (source, file) = await SaveAsync();
        await AddFileAsync(source, "later.md");

        (await cluster.VerbAsync(source, "restore", file)).Ends(3);

        Assert.Contains("later.md", await PathsAsync(source));
    }

    [Fact]
    public async Task With_a_swap_takes_the_place_of_the_present_one_and_keeps_that_under_another_name()
    {
        var (source, file) = await SaveAsync();
        await AddFileAsync(source, "later.md");
        await using var bystander = await cluster.OpenAsync(source);

        var answer = (await cluster.VerbAsync(source, "restore", file, "--swap", "--json")).Ends(0);

        Assert.Equal(["a.md"], await PathsAsync(source));
        Assert.Equal(["a.md", "later.md"], await PathsAsync(answer.Json.GetProperty("kept").GetString()!));
    }

    [Fact]
    public async Task Of_rows_alone_goes_into_a_migrated_database()
    {
        var (source, _) = await SaveAsync();
        var rows = cluster.NewFile();
        (await cluster.VerbAsync(source, "backup", rows, "--data-only")).Ends(0);
        var target = await cluster.CreateMigratedDatabaseAsync();

        (await cluster.VerbAsync(target, "restore", rows)).Ends(0);

        Assert.Equal(["a.md"], await PathsAsync(target));
    }

    [Fact]
    public async Task Of_tables_alone_makes_the_schema_and_no_row()
    {
        var (source, _) = await SaveAsync();
        var tables = cluster.NewFile();
        (await cluster.VerbAsync(source, "backup", tables, "--schema-only")).Ends(0);
        var target = await cluster.CreateDatabaseAsync();

        (await cluster.VerbAsync(target, "restore", tables)).Ends(0);

        Assert.Empty(await PathsAsync(target));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Leaves_files_for_their_owners_eyes_only()
    {
        var (_, file) = await SaveAsync();

        Assert.All([file, file + ".manifest.json"], path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task Goes_over_the_manifest_that_a_killed_run_left_without_its_dump()
    {
        var (source, file) = await SaveAsync();
        File.Delete(file);

        (await cluster.VerbAsync(source, "backup", file)).Ends(0);

        (await cluster.VerbAsync(await cluster.CreateDatabaseAsync(), "restore", file)).Ends(0);
    }

    [Fact]
    public async Task Into_a_database_of_another_locale_says_so()
    {
        var (source, file) = await SaveAsync();
        var target = source + "_plain";
        await using (var connection = await cluster.OpenAsync("postgres"))
        {
            await connection.ExecuteAsync($"CREATE DATABASE {target} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
        }

        var answer = (await cluster.VerbAsync(target, "restore", file)).Ends(0);

        Assert.Contains("--swap makes a database like that one", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_database_of_a_locale_of_ICU_and_resetting_it_keeps_that()
    {
        var source = "icu_" + Guid.CreateVersion7(app.Time.GetUtcNow()).ToString("N");
        await using var connection = await cluster.OpenAsync((await SaveAsync()).Database);
        await connection.ExecuteAsync($"CREATE DATABASE {source} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'und'");
        (await cluster.VerbAsync(source)).Ends(0);
        var file = cluster.NewFile();
        (await cluster.VerbAsync(source, "backup", file)).Ends(0);

        (await cluster.VerbAsync(source, "restore", file, "--swap")).Ends(0);
        Assert.Equal("i", await connection.ScalarAsync<string>("SELECT datlocprovider::text FROM pg_database WHERE datname = $1", source));

        (await cluster.VerbAsync(source, "reset", "--yes-delete-everything", source, "--without-seed")).Ends(0);
        Assert.Equal("i", await connection.ScalarAsync<string>("SELECT datlocprovider::text FROM pg_database WHERE datname = $1", source));
    }

    // A loss of power cannot be had here; that both names are asked for on disk can be seen with 'strace -e trace=fsync,rename'.
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Writes_the_names_in_a_folder_to_disk_or_says_that_it_cannot()
    {
        var folder = Path.GetDirectoryName(cluster.NewFile())!;

        FolderOnDisk.Flush(folder);

        Assert.Contains(folder, Assert.Throws<IOException>(() => FolderOnDisk.Flush(Path.Combine(folder, "none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Onto_a_file_that_is_there_is_refused()
    {
        var (source, file) = await SaveAsync();
        var before = await File.ReadAllBytesAsync(file, Cancelled);

        (await cluster.VerbAsync(source, "backup", file)).Ends(3);

        Assert.Equal(before, await File.ReadAllBytesAsync(file, Cancelled));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Where_pg_dump_is_older_than_the_server_says_so_and_leaves_no_file()
    {
        var file = cluster.NewFile();
        var database = await cluster.CreateDatabaseAsync();
        var old = Path.Combine(Path.GetDirectoryName(file)!, "bin");
        Directory.CreateDirectory(old);
        await File.WriteAllTextAsync(Path.Combine(old, "pg_dump"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n", Cancelled);
        File.SetUnixFileMode(Path.Combine(old, "pg_dump"), (UnixFileMode)0b111_101_101);

        var answer = (await Worker.RunAsync(cluster.Postgres.ConnectionString(database), [("Migration__ClientBin", old)], "backup", file)).Ends(1);

        Assert.Contains("Migration__ClientBin", answer.Errors, StringComparison.Ordinal);
        Assert.Equal(["bin"], Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!).Select(Path.GetFileName));
    }

    [Fact(DisplayName = "F24: While others write saves one moment of it, on which an API starts")]
    public async Task While_others_write_saves_one_moment_of_it()
    {
        var source = await cluster.CreateMigratedDatabaseAsync();
        await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", cluster.Postgres.ConnectionString(source)));
        using var ada = await app.SignInAsync(api);
        using var ben = await app.SignInAsync(api);
        await ada.PostAsJsonAsync("/api/auth/two-factor/enable", new { password = "correct horse battery staple" }, Cancelled);
        var authors = await Authors.BeginAsync(app, ada, ben);

        // Beside those who write there is a stash that nobody touches until the backup is made: its export is known for the moment of the snapshot.
        using var cleo = await app.SignInAsync(api);
        var quiet = await cleo.DefaultStashAsync();
        var note = await cleo.CreateFileAsync(quiet, "notes/quiet.md", "# One\r\n");
        await cleo.PutContentAsync(note, "\"v1\"", "# Two\r\n\tand a tab");
        var exported = await cleo.ExportAsync(quiet);

        var file = cluster.NewFile();
        var saved = new TaskCompletionSource();
        var writing = authors.WriteUntilAsync(saved.Task);
        await authors.MoveOnAsync(3, TimeSpan.FromMinutes(2));
        var begun = Stopwatch.GetTimestamp();
        (await cluster.VerbAsync(source, "backup", file)).Ends(0);
        saved.SetResult();
        await writing;
        await cleo.PutContentAsync(note, "\"v2\"", "# Three, after the backup");

        // Beside the rows this checks every index, and decrypts a second factor with the key ring that was saved.
        (await cluster.VerbAsync(source, "verify", file)).Ends(0);
        var target = await cluster.CreateDatabaseAsync();
        (await cluster.VerbAsync(target, "restore", file)).Ends(0);
        await using var restored = await cluster.OpenAsync(target);
        await authors.CheckCopyAsync(restored, begun);

        await using var again = await app.StartApiAsync(("ConnectionStrings:promptstash", cluster.Postgres.ConnectionString(target)));
        using var anybody = app.NewClient(again);
        Assert.Equal(HttpStatusCode.OK, (await anybody.GetAsync("/health", Cancelled)).StatusCode);
        using var returned = await SignInAgainAsync(again, target, quiet);
        Assert.Equal(exported, await returned.ExportAsync(quiet));
    }

    [Fact]
    public async Task Lets_an_API_on_the_restored_database_export_the_same_bytes()
    {
        var source = await cluster.CreateMigratedDatabaseAsync();
        await using var before = await app.StartApiAsync(("ConnectionStrings:promptstash", cluster.Postgres.ConnectionString(source)));
        using var ada = await app.SignInAsync(before);
        var stash = await ada.DefaultStashAsync();
        var read = await ada.CreateFileAsync(stash, "notes/read.md", "# One\r\n");
        await ada.PutContentAsync(read, "\"v1\"", "# Two\r\n\tand a tab");
        var exported = await ada.ExportAsync(stash);
        var file = cluster.NewFile();
        (await cluster.VerbAsync(source, "backup", file)).Ends(0);
        await ada.PutContentAsync(read, "\"v2\"", "# Three, after the backup");
        var target = await cluster.CreateDatabaseAsync();
        (await cluster.VerbAsync(target, "restore", file)).Ends(0);

        await using var after = await app.StartApiAsync(("ConnectionStrings:promptstash", cluster.Postgres.ConnectionString(target)));
        using var again = await SignInAgainAsync(after, target, stash);

        Assert.Equal(exported, await again.ExportAsync(stash));
    }

    [Fact]
    public async Task Before_migrating_leaves_the_file_beside_the_migrated_database()
    {
        var database = await cluster.CreateMigratedDatabaseAsync();
        var file = cluster.NewFile();

        (await cluster.VerbAsync(database, "migrate", "--backup-first", file)).Ends(0);

        Assert.True(File.Exists(file));
        Assert.True(File.Exists(file + ".manifest.json"));
    }

    [Fact]
    public async Task Before_rolling_back_saves_what_is_lost()
    {
        var database = await cluster.CreateMigratedDatabaseAsync();
        await using var connection = await cluster.OpenAsync(database);
        await connection.InsertShareAsync(app, app.NewId());
        var file = cluster.NewFile();

        (await cluster.VerbAsync(database, "rollback", "sharing", "0", "--accept-data-loss", "sharing.file_shares", "--backup", file)).Ends(0);
        (await cluster.VerbAsync(database, "restore", file, "--swap")).Ends(0);

        await using var restored = await cluster.OpenAsync(database);
        Assert.Equal(1, await restored.ScalarAsync<long>("SELECT count(*) FROM sharing.file_shares"));
    }

    private async Task<(string Database, string File)> SaveAsync()
    {
        var database = await cluster.CreateMigratedDatabaseAsync();
        await AddFileAsync(database, "a.md");
        var file = cluster.NewFile();
        (await cluster.VerbAsync(database, "backup", file)).Ends(0);

        return (database, file);
    }

    private async Task AddFileAsync(string database, string path)
    {
        await using var connection = await cluster.OpenAsync(database);
        await connection.InsertFileAsync(app, await connection.InsertStashAsync(app), path, "Ein Text, ägyptisch & \r\n mit Zeilen");
    }

    private async Task<List<string>> PathsAsync(string database)
    {
        await using var connection = await cluster.OpenAsync(database);

        return await connection.ColumnAsync("SELECT path FROM stashes.files ORDER BY path");
    }

    /// <summary>The owner of a stash, who has only the password to sign in with to an API that the cookies were not made by.</summary>
    private async Task<HttpClient> SignInAgainAsync(WebApplication api, string database, Guid stash)
    {
        await using var connection = await cluster.OpenAsync(database);
        var owner = await connection.ScalarAsync<Guid>("SELECT user_id FROM stashes.stashes WHERE id = $1", stash);
        var email = await connection.ScalarAsync<string>("SELECT email FROM identity.users WHERE id = $1", owner);
        var client = app.NewClient(api);
        using var answer = await client.PostAsJsonAsync(
            new Uri(PromptStashApp.AddressOf(api), "/api/auth/sign-in/email"), new { email, password = "correct horse battery staple" }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        return client;
    }
}
