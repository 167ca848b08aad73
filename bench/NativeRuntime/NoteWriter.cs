using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.NativeRuntime;

/// <summary>Adds a line to the file BENCH_NOTES, which several environments share.</summary>
internal static unsafe class NoteWriter
{
    private const int MostBytes = 64;

    private static readonly int File = Open();

    /// <param name="text">The note, up to a quotation mark.</param>
    internal static void Write(ReadOnlySpan<byte> text)
    {
        var note = text[..text.IndexOf((byte)'"')];
        var line = stackalloc byte[MostBytes];
        note.CopyTo(new Span<byte>(line, MostBytes - 1));
        line[note.Length] = (byte)'\n';

        // One call: lines of several environments do not mix.
        LinuxException.ThrowIfFailed((int)Syscalls.write(File, line, (nuint)(note.Length + 1)), "write");
    }

    private static int Open()
    {
        var path = Environment.GetEnvironmentVariable("BENCH_NOTES") ?? throw new InvalidOperationException("there is no BENCH_NOTES");
        var flags = SocketCalls.O_WRONLY | SocketCalls.O_CREAT | SocketCalls.O_APPEND | Syscalls.O_CLOEXEC;
        return LinuxException.ThrowIfFailed(SocketCalls.open(path, flags, 0b110_100_100), path);
    }
}
