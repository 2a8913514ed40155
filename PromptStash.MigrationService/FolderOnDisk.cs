using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PromptStash.MigrationService;

/// <summary>The names of a folder's files, as the disk has them. .NET opens no folder.</summary>
internal static class FolderOnDisk
{
    private const int ReadOnly = 0;

    /// <summary>Has the names that were given so far survive a loss of power. Windows writes them down by itself.</summary>
    /// <exception cref="IOException">They may not survive it.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = new SafeFileHandle(Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw new IOException($"{folder} cannot be written to disk: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);
}
