using System.Runtime.InteropServices;

namespace Thaw.Sandboxing;

/// <summary>A program could not be executed. The message names the file and the reason, for whoever wrote or deployed it.</summary>
public sealed class ProcessStartException(int errno, string message) : Exception(message)
{
    /// <summary>The error number of execve(2), or of chdir(2) when the working directory is the reason.</summary>
    public int Errno { get; } = errno;

    /// <summary>Says what is wrong with the start, as far as the error number and a look at the files can tell.</summary>
    internal static ProcessStartException For(ProcessStart start, int errno)
    {
        var reason = errno switch
        {
            Linux.Errno.ENOENT or Linux.Errno.ENOTDIR or Linux.Errno.EACCES when !Directory.Exists(start.WorkingDirectory) =>
                $"its working directory {start.WorkingDirectory} does not exist",
            Linux.Errno.ENOENT when File.Exists(start.Path) =>
                "the interpreter it names does not exist (the first line of a script, or the loader of a program)",
            Linux.Errno.ENOENT => "there is no such file",
            Linux.Errno.EACCES when Directory.Exists(start.Path) => "it is a directory",
            Linux.Errno.EACCES => "it is not executable",
            Linux.Errno.ENOEXEC => "it is neither a program for this machine nor a script that begins with #!",
            Linux.Errno.EINVAL => "there is a zero byte in its path, arguments or environment",
            Linux.Errno.E2BIG => "its arguments and environment are too large",
            _ => Marshal.GetPInvokeErrorMessage(errno),
        };
        return new(errno, $"Cannot execute {start.Path}: {reason}.");
    }
}
