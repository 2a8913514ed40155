namespace PromptStash.IntegrationTests.Database.Operations;

public sealed class VerifyingABackup(PromptStashApp app, DumpableCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task That_is_sound_compares_checks_migrates_reads_and_decrypts_it()
    {
        var (database, file) = await SaveAsync(withSecret: true);

        var report = (await cluster.VerbAsync(database, "verify", file, "--json")).Ends(0).Json;

        Assert.Equal("tables and indexes are sound", report.GetProperty("indexes").GetString());
        Assert.Equal("one was decrypted", report.GetProperty("secrets").GetString());
        Assert.NotEqual(0, report.GetProperty("rowsRead").GetInt32());
    }

    [Fact]
    public async Task Leaves_no_scratch_database_behind()
    {
        var (database, file) = await SaveAsync(withSecret: false);

        (await cluster.VerbAsync(database, "verify", file)).Ends(0);

        await using var connection = await cluster.OpenAsync(database);
        Assert.Empty(await connection.ColumnAsync("SELECT datname::text FROM pg_database WHERE datname LIKE $1", database + "\\_verify%"));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public async Task With_one_byte_of_the_dump_flipped_fails(double place)
    {
        var (database, file) = await SaveAsync(withSecret: false);

        await FlipAsync(file, place);

        Assert.Contains("SHA-256", (await cluster.VerbAsync(database, "verify", file)).Ends(1).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(1.0)]
    public async Task With_one_byte_of_the_manifest_flipped_fails(double place)
    {
        var (database, file) = await SaveAsync(withSecret: false);

        await FlipAsync(file + ".manifest.json", place);

        (await cluster.VerbAsync(database, "verify", file)).Ends(1);
    }

    [Fact]
    public async Task Without_its_manifest_fails()
    {
        var (database, file) = await SaveAsync(withSecret: false);
        File.Delete(file + ".manifest.json");

        Assert.Contains("manifest", (await cluster.VerbAsync(database, "verify", file)).Ends(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_secrets_nobody_can_decrypt_fails()
    {
        var (database, _) = await SaveAsync(withSecret: true);
        await using var connection = await cluster.OpenAsync(database);
        await connection.ExecuteAsync("DELETE FROM identity.data_protection_keys");
        var file = cluster.NewFile();
        (await cluster.VerbAsync(database, "backup", file)).Ends(0);

        var answer = (await cluster.VerbAsync(database, "verify", file)).Ends(1);

        Assert.Contains("Identity__KeyRing__CertificatePath", answer.Errors, StringComparison.Ordinal);
    }

    private static async Task FlipAsync(string file, double place)
    {
        var bytes = await File.ReadAllBytesAsync(file, Cancelled);
        bytes[(int)(place * (bytes.Length - 1))] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancelled);
    }

    /// <summary>A backup of a database that somebody has used through the API.</summary>
    private async Task<(string Database, string File)> SaveAsync(bool withSecret)
    {
        var database = await cluster.CreateMigratedDatabaseAsync();
        if (withSecret)
        {
            await using var api = await app.StartApiAsync(("ConnectionStrings:promptstash", cluster.Postgres.ConnectionString(database)));
            using var ada = await app.SignInAsync(api);
            var enabled = await ada.PostAsJsonAsync("/api/auth/two-factor/enable", new { password = "correct horse battery staple" }, Cancelled);
            Assert.True(enabled.IsSuccessStatusCode, await enabled.Content.ReadAsStringAsync(Cancelled));
        }

        var file = cluster.NewFile();
        (await cluster.VerbAsync(database, "backup", file)).Ends(0);

        return (database, file);
    }
}
