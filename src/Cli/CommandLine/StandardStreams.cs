using Microsoft.Win32.SafeHandles;

namespace Thaw.Cli.CommandLine;

/// <summary>
/// Whoever starts us with standard input, output or error closed gives the number to the next descriptor that is opened: a pipe of .NET's
/// own, say, which then gets what was meant for people, and takes it for signals.
/// </summary>
internal static class StandardStreams
{
    private static readonly List<SafeFileHandle> Filled = [];

    /// <summary>Opens what is closed, on nothing. To be called before anything else opens a descriptor.</summary>
    public static void MakeSure()
    {
        while (true)
        {
            var lowest = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (lowest.DangerousGetHandle() > 2)
            {
                lowest.Dispose();
                return;
            }

            Filled.Add(lowest);
        }
    }
}
