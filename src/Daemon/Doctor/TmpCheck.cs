using Thaw.Sandboxing;
using Thaw.Sandboxing.Storage;

namespace Thaw.Daemon.Doctor;

/// <summary>Whether an environment's /tmp can have a hard size, by making one.</summary>
public sealed class TmpCheck(string dataDirectory, bool isRoot) : ICheck
{
    private const string Name = "/tmp";

    public IEnumerable<Finding> Look()
    {
        if (!isRoot)
        {
            const string InMemory = "512 to 10,240 MB for each environment, of this machine's memory: only root makes loop devices";
            return [new(Name, Verdict.Warn, InMemory, "run thaw as root")];
        }

        if (HostProgram.Find("mkfs.ext4") is null)
            return [Finding.Missing(Name, Verdict.Warn, "no mkfs.ext4: /tmp has no size of its own", "e2fsprogs")];
        return [Try()];
    }

    private Finding Try()
    {
        try
        {
            var images = new TmpImages(new() { Directory = Existing(dataDirectory), Ready = 0 }, TimeProvider.System, _ => { });
            images.TakeAsync(TmpImage.MinMegabytes).AsTask().GetAwaiter().GetResult().Dispose();
            images.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return Finding.Pass(Name, "a file system of 512 to 10,240 MB for each environment (loop devices, mkfs.ext4)");
        }
        catch (Exception failure) when (failure is SandboxException or IOException or UnauthorizedAccessException)
        {
            return new(Name, Verdict.Warn, $"/tmp has no size of its own: {failure.Message}", "modprobe loop");
        }
    }

    // A doctor leaves nothing behind, no folder either.
    private static string Existing(string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        return folder;
    }
}
