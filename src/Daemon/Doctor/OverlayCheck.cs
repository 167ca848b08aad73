namespace Thaw.Daemon.Doctor;

/// <summary>Whether folders can be laid over each other: the root of an image's file system is.</summary>
public sealed class OverlayCheck : ICheck
{
    public IEnumerable<Finding> Look() =>
    [
        File.Exists("/proc/filesystems") && File.ReadAllText("/proc/filesystems").Contains("\toverlay", StringComparison.Ordinal)
            ? Finding.Pass("overlay", "folders can be laid over each other, as images need it")
            : new("overlay", Verdict.Warn, "no overlay file system: nothing that is made of images", "modprobe overlay"),
    ];
}
