using System.Runtime.InteropServices;

namespace Thaw.Sandboxing;

/// <summary>A program could not be executed. The message names the file and the reason, for whoever wrote or deployed it.</summary>
public sealed class ProcessStartException(int errno, string message) : Exception(message)
{
    /// <summary>The error number of execve(2), or of chdir(2) when the working directory is the reason.</summary>
    public int Errno { get; } = errno;

    /// <summary>Says what is wrong with the start, as far as the error number and a look at the files can tell.</summary>
    /// <param name="onMachine">Where a file lies that processes see under a name, not as our user; null where they are as we are.</param>
    internal static ProcessStartException For(ProcessStart start, int errno, Func<string, string?>? onMachine)
    {
        var path = onMachine is null ? start.Path : onMachine(start.Path);
        var folder = onMachine is null ? start.WorkingDirectory : onMachine(start.WorkingDirectory);
        var reason = errno switch
        {
            Linux.Errno.ENOENT or Linux.Errno.ENOTDIR or Linux.Errno.EACCES when !Directory.Exists(folder) =>
                $"its working directory {start.WorkingDirectory} does not exist",
            Linux.Errno.ENOENT when File.Exists(path) =>
                "the interpreter it names does not exist (the first line of a script, or the loader of a program)",
            Linux.Errno.ENOENT => "there is no such file",
            Linux.Errno.EACCES when Directory.Exists(path) => "it is a directory",
            Linux.Errno.EACCES when onMachine is not null && IsClosed(folder) =>
                $"its working directory {start.WorkingDirectory} is closed to others: all of it needs the permissions o+rX (chmod -R o+rX)",
            Linux.Errno.EACCES when onMachine is not null && IsForItsOwner(path) =>
                "it is not executable for all: it, and the folder it lies in, need the permissions o+rx (chmod -R o+rX)",
            Linux.Errno.EACCES => "it is not executable",
            Linux.Errno.ENOEXEC => "it is neither a program for this machine nor a script that begins with #!",
            Linux.Errno.EINVAL => "there is a zero byte in its path, arguments or environment",
            Linux.Errno.E2BIG => "its arguments and environment are too large",
            _ => Marshal.GetPInvokeErrorMessage(errno),
        };
        return new(errno, $"Cannot execute {start.Path}: {reason}.");
    }

    private static bool IsForItsOwner(string? path) => !OperatingSystem.IsWindows()
        && File.Exists(path) && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);

    private static bool IsClosed(string? folder) => !OperatingSystem.IsWindows()
        && Directory.Exists(folder) && !File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
}
