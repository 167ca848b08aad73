using System.Globalization;

namespace Thaw.Store.Sqlite;

/// <summary>Makes a data directory's store one process's own. The kernel gives it back, however that process ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    // The lock is on a file of its own: .NET opens no file that is locked, not even to read it.
    private const string LockName = "thaw.lock", ProcessName = "thaw.pid";

    private readonly FileStream held;

    private DirectoryLock(FileStream held) => this.held = held;

    /// <exception cref="StoreException">Another process has it, or the directory cannot be written to.</exception>
    public static DirectoryLock Take(string directory)
    {
        var process = Path.Combine(directory, ProcessName);
        try
        {
            Directory.CreateDirectory(directory);

            // Not shared: on Linux that is flock(2).
            var held = new FileStream(
                Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            File.WriteAllText(process, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            return new(held);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                Holder(process) is { } holder
                    ? $"another thaw (pid {holder}) has the data directory {directory}; end it, or give this one a directory of its own "
                        + "by --data or THAW_DATA"
                    : $"the data directory {directory} cannot be written to ({failure.Message}); --data or THAW_DATA names one that can",
                failure);
        }
    }

    public void Dispose() => held.Dispose();

    // Who is named but has ended does not hold it: then it is the directory that fails.
    private static string? Holder(string file)
    {
        try
        {
            var process = File.ReadAllText(file).TrimEnd();
            return int.TryParse(process, out _) && Directory.Exists($"/proc/{process}") ? process : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
