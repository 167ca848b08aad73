using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>A small file of a group's folder, through which one speaks with the kernel: one call is one sentence.</summary>
internal static unsafe class GroupFile
{
    // It is made only where a folder of a test stands for the kernel's.
    private const int Flags = Syscalls.O_WRONLY | Syscalls.O_CREAT | Syscalls.O_CLOEXEC;
    private const uint Mode = 0x1A4;    // rw-r--r--

    /// <summary>Null when there is no such file, or nothing to be read.</summary>
    public static string? TryRead(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The number that the file holds; null when it does not.</summary>
    public static long? TryReadNumber(string folder, string name) =>
        long.TryParse(TryRead(folder, name), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number behind a word, in a file with a line for each; null when there is none.</summary>
    public static long? TryReadNumber(string folder, string name, string key)
    {
        foreach (var line in (TryRead(folder, name) ?? "").Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.AsSpan(key.Length) is [' ', .. var rest])
                return long.TryParse(rest, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        return null;
    }

    /// <exception cref="SandboxException">The kernel does not take it; the message says which file, what and why.</exception>
    public static void Write(string folder, string name, string text)
    {
        if (TryWrite(folder, name, text) is not 0 and var error)
        {
            var reason = Marshal.GetPInvokeErrorMessage(error);
            throw new SandboxException($"The kernel does not take \"{text}\" in {Path.Combine(folder, name)}: {reason}.");
        }
    }

    /// <summary>Returns 0, or the error number.</summary>
    public static int TryWrite(string folder, string name, string text)
    {
        var fd = Syscalls.open(Path.Combine(folder, name), Flags, Mode);
        if (fd < 0)
            return Marshal.GetLastPInvokeError();
        using var file = new FileDescriptor(fd);
        return TryWrite(file, Encoding.ASCII.GetBytes(text));
    }

    /// <inheritdoc cref="TryWrite(string, string, string)"/>
    public static int TryWrite(FileDescriptor file, ReadOnlySpan<byte> text)
    {
        fixed (byte* start = text)
            return Syscalls.write(file.Number, start, (nuint)text.Length) == text.Length ? 0 : Marshal.GetLastPInvokeError();
    }
}
