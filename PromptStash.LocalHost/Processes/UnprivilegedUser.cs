namespace PromptStash.LocalHost.Processes;

/// <summary>The account that PostgreSQL and PgBouncer run as when LocalHost is run by root, because both refuse root.</summary>
internal sealed record UnprivilegedUser(string Name)
{
    private const string Root = "root";

    /// <summary>
    /// The owner of the existing files if there are any, else 'postgres', else 'nobody'; null where no change of user is needed.
    /// </summary>
    public static async Task<UnprivilegedUser?> ChooseAsync(string? existingFolder, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        if (Directory.Exists(existingFolder) && await OwnerAsync(existingFolder, cancellationToken) is var owner and not Root)
        {
            return new UnprivilegedUser(owner);
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            if ((await Command.RunAsync("id", ["-u", name], cancellationToken)).Succeeded)
            {
                return new UnprivilegedUser(name);
            }
        }

        throw new LocalHostException(
            "PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor a user 'nobody' to run it as. "
            + "Start PromptStash as an ordinary user, or create one: useradd --system postgres");
    }

    /// <summary>Makes the user the owner of files or folders and of what is in them.</summary>
    public async Task OwnAsync(CancellationToken cancellationToken, params string[] paths) =>
        await RunAsRootAsync("chown", ["-R", $"{Name}:{await GroupAsync(cancellationToken)}", .. paths], cancellationToken);

    /// <summary>
    /// Lets the user pass through a folder of root's (not list it). A folder that everybody may pass through stays as it is.
    /// </summary>
    public async Task LetThroughAsync(string folder, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || await CanEnterAsync(folder, cancellationToken))
        {
            return;
        }

        await RunAsRootAsync("chgrp", [await GroupAsync(cancellationToken), folder], cancellationToken);
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute);
    }

    /// <summary>Fails with what to do where the user cannot get to a folder.</summary>
    public async Task EnsureReachesAsync(string folder, CancellationToken cancellationToken)
    {
        // From the root down, so that the first one closed is the one to open.
        var folders = new Stack<string>();
        for (var current = Path.GetFullPath(folder); current is not null; current = Path.GetDirectoryName(current))
        {
            folders.Push(current);
        }

        foreach (var current in folders)
        {
            if (!await CanEnterAsync(current, cancellationToken))
            {
                throw new LocalHostException(
                    $"PostgreSQL refuses to run as root and is run as '{Name}' instead, but '{Name}' may not enter {current}, so it cannot "
                    + $"reach {folder}. Use a folder elsewhere, such as one below /var/lib, or let it pass: chmod o+x {current}");
            }
        }
    }

    private async Task<bool> CanEnterAsync(string folder, CancellationToken cancellationToken) =>
        (await Command.RunAsync("test", ["-x", folder], cancellationToken, this)).Succeeded;

    private async Task<string> GroupAsync(CancellationToken cancellationToken) =>
        (await RunAsRootAsync("id", ["-gn", Name], cancellationToken)).Output.Trim();

    private static async Task<string> OwnerAsync(string folder, CancellationToken cancellationToken)
    {
        // stat speaks another dialect on every system; the third word of ls -ld is the owner on all of them.
        var line = (await RunAsRootAsync("ls", ["-ld", folder], cancellationToken)).Output;
        return line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
    }

    private static async Task<CommandResult> RunAsRootAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Command.RunAsync(program, arguments, cancellationToken);
        return result.Succeeded
            ? result
            : throw new LocalHostException($"{program} {string.Join(' ', arguments)} failed: {result.Everything}");
    }
}
