using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>A system call that had no reason to fail did fail.</summary>
public sealed class LinuxException(string call, int errno) : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    /// <summary>See errno(3) and <see cref="Linux.Errno"/>.</summary>
    public int Errno { get; } = errno;

    /// <summary>Passes a call's result through, and throws with the thread's last errno when it is negative.</summary>
    internal static int ThrowIfFailed(int result, string call) =>
        result >= 0 ? result : throw new LinuxException(call, Marshal.GetLastPInvokeError());
}
