using System.Globalization;

namespace Thaw.Linux;

/// <summary>
/// What /proc says about processes; see proc(5). A process that is gone, or goes while being read, simply has nothing to say.
/// </summary>
internal static unsafe class ProcFile
{
    /// <summary>The fields of /proc/PID/stat that place a process in its family.</summary>
    internal readonly record struct Stat(char State, int Parent, int Group, int Session)
    {
        internal bool IsAlive => State is not ('Z' or 'X');
    }

    internal static Stat? ReadStat(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var text = Read(Path(pid, "stat"), buffer);

        // The name stands in parentheses and may contain anything, parentheses too: the fields follow the last one.
        var fields = text[(text.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        if (fields.Length < 2)
            return null;

        var state = (char)fields[0];
        fields = fields[1..];
        return TakeNumber(ref fields, out var parent) && TakeNumber(ref fields, out var group) && TakeNumber(ref fields, out var session)
            ? new Stat(state, (int)parent, (int)group, (int)session)
            : null;
    }

    /// <summary>
    /// When a process was started, in clock ticks since the machine was: with its id, it names the process as long as the machine is up.
    /// Null when it is gone.
    /// </summary>
    internal static long? ReadStartTime(int pid)
    {
        const int FieldsBetweenStateAndStart = 18;
        Span<byte> buffer = stackalloc byte[1024];
        var text = Read(Path(pid, "stat"), buffer);
        var fields = text[(text.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        if (fields.Length < 2)
            return null;

        fields = fields[1..];
        for (var field = 0; field < FieldsBetweenStateAndStart; field++)
        {
            if (!TakeNumber(ref fields, out _))
                return null;
        }

        return TakeNumber(ref fields, out var ticks) ? ticks : null;
    }

    /// <summary>The most memory a process ever had resident, in bytes; 0 when it is gone.</summary>
    internal static long ReadPeakMemory(int pid) => ReadKilobytes(pid, "\nVmHWM:"u8);

    /// <summary>The memory that a process holds and shares with no file, in bytes; 0 when it is gone.</summary>
    internal static long ReadAnonymousMemory(int pid) => ReadKilobytes(pid, "\nRssAnon:"u8);

    /// <summary>A process's id as it sees it itself, in the namespace that it was born in; 0 when it is gone.</summary>
    internal static int ReadOwnId(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];

        // One for each namespace, ours first.
        var ids = ReadStatus(pid, "\nNSpid:"u8, buffer);
        var own = 0L;
        while (TakeNumber(ref ids, out var next))
            own = next;
        return (int)own;
    }

    /// <summary>Adds the ids in a space-separated list, such as /proc/PID/task/TID/children. False when there is no such file.</summary>
    internal static bool ReadIds(string path, List<int> ids)
    {
        var fd = Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC);
        if (fd < 0)
            return false;

        using var file = new FileDescriptor(fd);
        var buffer = stackalloc byte[4096];
        var id = 0;
        while (Syscalls.read(fd, buffer, 4096) is var count and > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is >= (byte)'0' and <= (byte)'9')
                {
                    id = (id * 10) + buffer[i] - '0';
                }
                else if (id > 0)
                {
                    ids.Add(id);
                    id = 0;
                }
            }
        }

        return true;
    }

    /// <summary>Adds the names in a directory that are numbers: the processes in /proc, the threads in /proc/PID/task.</summary>
    internal static void ListIds(string path, List<int> ids)
    {
        var directory = Syscalls.opendir(path);
        if (directory == 0)
            return;

        while (Syscalls.readdir(directory) is var entry && entry != null)
        {
            var name = entry + Syscalls.DirectoryEntryNameOffset;
            var id = 0;
            while (*name is >= (byte)'0' and <= (byte)'9')
                id = (id * 10) + *name++ - '0';

            if (*name == 0 && id > 0)
                ids.Add(id);
        }

        _ = Syscalls.closedir(directory);
    }

    internal static string Path(int pid, string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}");

    private static long ReadKilobytes(int pid, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var field = ReadStatus(pid, name, buffer);
        return TakeNumber(ref field, out var kilobytes) ? kilobytes * 1024 : 0;
    }

    /// <summary>A line of /proc/PID/status behind its name; nothing when there is none.</summary>
    /// <param name="name">
    /// With the end of the line before it: the first line has the process's own name, which it gives itself, and which may have anything
    /// in it but that.
    /// </param>
    private static ReadOnlySpan<byte> ReadStatus(int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        var text = Read(Path(pid, "status"), buffer);
        var at = text.IndexOf(name);
        if (at < 0)
            return [];
        var line = text[(at + name.Length)..];
        return line.IndexOf((byte)'\n') is var end and >= 0 ? line[..end] : line;
    }

    private static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        var fd = Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC);
        if (fd < 0)
            return [];

        using var file = new FileDescriptor(fd);
        fixed (byte* start = buffer)
        {
            var count = Syscalls.read(fd, start, (nuint)buffer.Length);
            return count > 0 ? buffer[..(int)count] : [];
        }
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> text, out long number)
    {
        text = text.TrimStart(" \t"u8);
        var taken = System.Buffers.Text.Utf8Parser.TryParse(text, out number, out var length);
        text = text[length..];
        return taken;
    }
}
