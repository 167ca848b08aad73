namespace Thaw.Daemon.Logs;

/// <summary>The folder that the store of this process has for itself.</summary>
internal sealed class LogFolder : IDisposable
{
    private readonly FileStream? held;

    private LogFolder(string path, FileStream? held) => (Path, this.held) = (path, held);

    public string Path { get; }

    /// <summary>
    /// Below the data directory, unless another daemon has that, or it cannot be written to: then logs are kept only as long as
    /// <paramref name="workFolder"/>.
    /// </summary>
    /// <param name="notice">Hears which one, when it is not the usual.</param>
    public static LogFolder Take(string dataDirectory, string workFolder, Action<string> notice)
    {
        var usual = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), "logs");
        try
        {
            Directory.CreateDirectory(usual);

            // Not shared: on Linux that is flock(2), which ends with the process.
            return new(usual, new FileStream(
                System.IO.Path.Combine(usual, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var own = System.IO.Path.Combine(workFolder, "logs");
            notice($"logs are kept in {own} and go when this daemon ends, because {usual} is not to be had: {failure.Message}");
            return new(own, null);
        }
    }

    public void Dispose() => held?.Dispose();
}
