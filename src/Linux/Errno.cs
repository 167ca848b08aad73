namespace Thaw.Linux;

/// <summary>The error numbers we tell apart, as on x86-64 and arm64; see errno(3).</summary>
public static class Errno
{
    public const int
        EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, E2BIG = 7, ENOEXEC = 8, ECHILD = 10, EAGAIN = 11, ENOMEM = 12, EACCES = 13,
        ENOTDIR = 20, EINVAL = 22, ETXTBSY = 26, EPIPE = 32, ELOOP = 40, ECONNRESET = 104;
}
