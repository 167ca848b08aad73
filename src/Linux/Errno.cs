namespace Thaw.Linux;

/// <summary>The error numbers we tell apart, as on x86-64 and arm64; see errno(3).</summary>
public static class Errno
{
    public const int
        EPERM = 1, ENOENT = 2, EINTR = 4, E2BIG = 7, ENOEXEC = 8, ECHILD = 10, EAGAIN = 11, EACCES = 13, EBUSY = 16, EEXIST = 17,
        EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EINVAL = 22, ENOSPC = 28, ENOTEMPTY = 39, ELOOP = 40, EAFNOSUPPORT = 97,
        EDQUOT = 122;
}
