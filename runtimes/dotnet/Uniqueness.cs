using System.Runtime.InteropServices;

namespace Thaw.DotnetRuntime;

/// <summary>
/// What a process draws at random depends on what lies in its memory, and all clones of a snapshot have the same memory. Guid.NewGuid asks
/// the kernel. Renewed are Random.Shared, and the generators of OpenSSL, from which RandomNumberGenerator, keys and TLS are.
/// </summary>
internal static class Uniqueness
{
    private delegate int RandPoll();

    /// <summary>Whatever takes time, before the snapshot; gives what to call after the restore.</summary>
    public static List<Action> Prepare()
    {
        var paths = File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(path => path.Contains("/libcrypto", StringComparison.Ordinal) && File.Exists(path))
            .Distinct();
        return [RenewableRandom.Renew, .. paths.Select(SeedOf)];
    }

    private static Action SeedOf(string path)
    {
        var address = NativeLibrary.GetExport(NativeLibrary.Load(path), "RAND_poll");
        var poll = Marshal.GetDelegateForFunctionPointer<RandPoll>(address);
        return () =>
        {
            if (poll() != 1)
                throw new InvalidOperationException($"{path} cannot be given a new seed.");
        };
    }
}
