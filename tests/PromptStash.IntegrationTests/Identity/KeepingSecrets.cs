using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using PromptStash.IntegrationTests.Database;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>Neither the database nor the log holds anything with which somebody could sign in.</summary>
[Collection(nameof(IdentityTests))]
public sealed partial class KeepingSecrets(IdentityApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "S12 A dump of the database holds no secret, in no spelling")]
    public async Task Out_of_the_database()
    {
        await HandOutEverySecretAsync();

        var dump = await DumpAsync();

        Assert.Contains("identity", dump, StringComparison.Ordinal);
        Assert.True(app.Secrets.Count > 20);
        var found = app.Secrets.Where(secret => SpellingsOf(secret.Key).Any(spelling => dump.Contains(spelling, StringComparison.Ordinal)));
        Assert.Empty(found.Select(secret => secret.Value));
    }

    [Fact(DisplayName = "S39 What happens to an account is in the log, with who, from where and how it ended")]
    public async Task Lets_the_log_tell_what_happened()
    {
        using var ada = await app.SignUpAsync();
        using var other = app.NewBrowser();
        await other.PostAsync("sign-in/email", new { email = ada.Email, password = "not the password" }, ("X-Forwarded-For", "203.0.113.7"));
        await other.PostAsync("sign-in/email", new { email = ada.Email, password = ada.Password }, ("X-Forwarded-For", "203.0.113.8"));
        await ada.Browser.PostAsync("change-password", new { currentPassword = ada.Password, newPassword = "difference engine no. 2" });
        await ada.Browser.PostAsync("sign-out");

        var events = app.Log.Lines.Where(line => line.Line.Contains($"user {ada.Id}", StringComparison.Ordinal)).Select(line => line.Line).ToList();
        Assert.Contains(events, line => line.StartsWith($"Information: Security event sign-up succeeded: user {ada.Id}, address 127.0.0.1", StringComparison.Ordinal));
        Assert.Contains(events, line => line.StartsWith($"Warning: Security event sign-in failed: user {ada.Id}, address 203.0.113.7", StringComparison.Ordinal));
        Assert.Contains(events, line => line.StartsWith($"Information: Security event sign-in succeeded: user {ada.Id}, address 203.0.113.8", StringComparison.Ordinal));
        Assert.Contains(events, line => line.StartsWith($"Information: Security event password-changed succeeded: user {ada.Id}", StringComparison.Ordinal));
        Assert.Contains(events, line => line.StartsWith($"Information: Security event sign-out succeeded: user {ada.Id}", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "S39 Nothing that was logged so far holds a secret that was handed out so far")]
    public async Task Out_of_the_log()
    {
        await HandOutEverySecretAsync();

        // The mailer of a machine without a mail server logs its links on purpose: its reader is the developer who needs them.
        var log = string.Join('\n', app.Log.Lines.Where(line => !line.Category.EndsWith(".PickupMailer", StringComparison.Ordinal)).Select(line => line.Line));

        Assert.Contains("Security event", log, StringComparison.Ordinal);
        Assert.Empty(app.Secrets.Where(secret => log.Contains(secret.Key, StringComparison.Ordinal)).Select(secret => secret.Value));
    }

    [Fact(DisplayName = "S25 Secrets are compared in constant time: no operator and no SequenceEqual on one outside of SQL")]
    public async Task Out_of_what_a_clock_can_tell()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(RepositoryRoot(), "modules", "Identity"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(sources);
        var offences = new List<string>();
        var fixedTime = 0;
        foreach (var path in sources)
        {
            var text = await File.ReadAllTextAsync(path, Cancelled);
            fixedTime += FixedTime().Count(text);
            offences.AddRange(Comparison().Matches(text).Select(match => $"{Path.GetFileName(path)}: {match.Value}"));
        }

        Assert.Empty(offences);
        Assert.True(fixedTime >= 3);
    }

    /// <summary>Somebody with one of everything that is secret; all of it is noted on the way.</summary>
    private async Task HandOutEverySecretAsync()
    {
        var ada = await app.SignUpAsync();
        await ada.TokenAsync("Confirm your e-mail address");
        await ada.AskForResetAsync();
        await ada.EnrolAsync();
        var made = await (await ada.Browser.PostAsync(
            "api-tokens", new { name = "CI", scopes = (string[])["stashes:read"], expiresAt = app.Time.GetUtcNow().AddDays(30) })).ReadAsync(HttpStatusCode.Created);
        var token = made.GetProperty("token").GetString()!;
        Assert.StartsWith("pst_", token, StringComparison.Ordinal);
        app.Remember("API token", token);

        using var device = await ada.BeginSignInAsync();
        await (await device.PostAsync("two-factor/verify-totp", new { code = app.NextCode(ada.TotpSecret), trustDevice = true })).ReadAsync(HttpStatusCode.OK);
        (await ada.BeginSignInAsync()).Dispose();
    }

    /// <summary>Every table as text: by pg_dump, or where there is none of the server's version, table by table.</summary>
    private async Task<string> DumpAsync()
    {
        await using var database = await app.OpenDatabaseAsync();
        var connection = new NpgsqlConnectionStringBuilder(app.DirectConnection);
        var start = new ProcessStartInfo("pg_dump", ["--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!, connection.Database!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = connection.Password },
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(Cancelled);
            var dump = await process.StandardOutput.ReadToEndAsync(Cancelled);
            await process.WaitForExitAsync(Cancelled);
            if (process.ExitCode == 0)
            {
                return dump;
            }

            Assert.Contains("server version", await errors, StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed.
        }

        var tables = new StringBuilder();
        foreach (var table in await database.ColumnAsync(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('identity', 'stashes', 'sharing') ORDER BY 1"))
        {
            using var rows = await database.BeginTextExportAsync($"COPY {table} TO STDOUT", Cancelled);
            tables.Append(table).Append('\n').Append(await rows.ReadToEndAsync(Cancelled));
        }

        return tables.ToString();
    }

    /// <summary>A secret as it was handed out, and the same bytes in the spellings in which a dump might show them.</summary>
    private static IEnumerable<string> SpellingsOf(string secret)
    {
        byte[][] forms = secret.Length == 43
            ? [Encoding.UTF8.GetBytes(secret), Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(secret)]
            : [Encoding.UTF8.GetBytes(secret)];

        return forms.SelectMany(bytes => (string[])[Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes).TrimEnd('=')]).Prepend(secret);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PromptStash.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"FixedTimeEquals\(")]
    private static partial Regex FixedTime();

    // A one-letter variable is a row in a query, and there the database compares an index of hashes; costs, lengths and purposes are no secrets.
    [GeneratedRegex(@"SequenceEqual\(|(?<![\w.])(?!\w\.)[\w.]*([Ss]ecret|[Pp]assword|[Hh]ash|[Dd]igest|\b[Cc]ode|[Tt]oken)s?\s*(==|!=)\s*(?!null|0|1)\S+|\.Equals\(\s*\w*([Ss]ecret|[Hh]ash|[Cc]ode)\b")]
    private static partial Regex Comparison();
}
