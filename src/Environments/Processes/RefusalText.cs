using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>Why a program was not started: AWS's words, which are Go's, and behind them what helps a person to mend it.</summary>
internal static class RefusalText
{
    private const int ENOENT = 2, E2BIG = 7, ENOEXEC = 8, EACCES = 13, ENOTDIR = 20, ELOOP = 40;

    public static string For(string path, ProcessStartException failure) => Words(failure.Errno) is { } words
        ? $"fork/exec {path}: {words}{Reason(failure.Message)}"
        : failure.Message;

    private static string? Words(int errno) => errno switch
    {
        ENOENT => "no such file or directory",
        E2BIG => "argument list too long",
        ENOEXEC => "exec format error",
        EACCES => "permission denied",
        ENOTDIR => "not a directory",
        ELOOP => "too many levels of symbolic links",
        _ => null,
    };

    // "Cannot execute PATH: reason." names the path again, and a file that is not there needs no reason twice.
    private static string Reason(string message)
    {
        var reason = message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.');
        return reason.Contains("no such file", StringComparison.Ordinal) ? "" : $" ({reason})";
    }
}
