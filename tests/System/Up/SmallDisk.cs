using System.Globalization;

namespace Thaw.SystemTests.Up;

/// <summary>A disk that is soon full, for a daemon's data: a file system in memory that only its own mount namespace has.</summary>
/// <param name="megabytes">Its size.</param>
internal sealed class SmallDisk(FunctionsFolder functions, int megabytes)
{
    /// <summary>What a program's words begin with, so that it has it.</summary>
    public string[] Entering
    {
        get
        {
            Directory.CreateDirectory(functions.Data);
            var size = megabytes.ToString(CultureInfo.InvariantCulture);
            const string Mount = "mount -t tmpfs -o \"size=$1m\" tmpfs \"$2\" && shift 2 && exec \"$@\"";
            return ["unshare", "--mount", "--propagation", "private", "sh", "-c", Mount, "sh", size, functions.Data];
        }
    }

    /// <summary>Where its folder is for others, while the daemon lives.</summary>
    public string DataOf(RunningDaemon daemon) =>
        Path.Combine(string.Create(CultureInfo.InvariantCulture, $"/proc/{daemon.Pid}/root"), Path.GetRelativePath("/", functions.Data));
}
