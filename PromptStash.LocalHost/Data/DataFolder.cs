using System.Globalization;

namespace PromptStash.LocalHost.Data;

/// <summary>
/// Everything that belongs to one PromptStash, locked for as long as the object lives. The lock is the operating system's on an open file,
/// so it ends with the process however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    public string Postgres => In("postgres");

    public string PgBouncer => In("pgbouncer");

    public string Mail => In("mail");

    public string Logs => In("logs");

    public string StateFile => In("state.json");

    public string ConnectionsFile => In("connections.json");

    /// <summary>The number of the LocalHost process that holds the folder, for scripts and for the message of a second start.</summary>
    private string PidFile => In("localhost.pid");

    /// <summary>Creates the folder where it is missing, and takes it for this process or says who has it.</summary>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            OwnerOnly.CreateFolder(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException(
                $"The data folder {path} cannot be created: {exception.Message} Choose another one with --data DIR.", exception);
        }

        var folder = new DataFolder(path, Lock(path));
        OwnerOnly.Write(folder.PidFile, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        OwnerOnly.CreateFolder(folder.Mail);
        OwnerOnly.CreateFolder(folder.Logs);

        return folder;
    }

    /// <summary>Where the data lives when the user does not say.</summary>
    public static string DefaultPath()
    {
        // root's home is closed to the user PostgreSQL runs as.
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            return "/var/lib/promptstash";
        }

        var applicationData = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

        return applicationData.Length > 0
            ? System.IO.Path.Combine(applicationData, "promptstash")
            : throw new LocalHostException("This user has no home folder to keep data in. Choose a folder with --data DIR.");
    }

    public void Dispose()
    {
        File.Delete(PidFile);
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new LocalHostException(
                $"The data folder {path} belongs to another user: {exception.Message} Choose another one with --data DIR.", exception);
        }
        catch (IOException exception) when (File.Exists(file))
        {
            var pid = Processes.RunningProcess.ReadPidFile(System.IO.Path.Combine(path, "localhost.pid"));
            var holder = pid is null ? "" : $" (process {pid})";
            throw new LocalHostException(
                $"Another PromptStash{holder} is using the data folder {path}. Stop that one first, or choose another folder with --data DIR.",
                exception);
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
