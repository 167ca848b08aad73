using System.Buffers.Binary;
using Thaw.Bench.Wire;
using Thaw.Linux;

// The least that recording lines can cost: reads standard input, splits it into lines, stamps each, and writes them to a file.
//
//   line-recorder FILE
//
// A record is the time, the line's length, and the line; 12 bytes more than the line without its newline.
LinuxException.ThrowIfFailed(Syscalls.prctl(SocketCalls.PR_SET_PDEATHSIG, Syscalls.SIGKILL, 0, 0, 0), "prctl");
var flags = SocketCalls.O_WRONLY | SocketCalls.O_CREAT | SocketCalls.O_TRUNC | Syscalls.O_CLOEXEC;
var file = LinuxException.ThrowIfFailed(SocketCalls.open(args[0], flags, 0b110_100_100), args[0]);
const int BlockBytes = 64 * 1024, StampBytes = 12;
var input = new byte[2 * BlockBytes];
var output = new byte[(2 + StampBytes) * BlockBytes];
var held = 0;
while (Read(input.AsSpan(held, BlockBytes)) is var count and > 0)
{
    var (length, from) = (0, 0);
    var lines = input.AsSpan(0, held + count);
    while (lines[from..].IndexOf((byte)'\n') is var end and >= 0)
    {
        var line = lines.Slice(from, end);
        BinaryPrimitives.WriteInt64LittleEndian(output.AsSpan(length), DateTime.UtcNow.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(output.AsSpan(length + 8), end);
        line.CopyTo(output.AsSpan(length + StampBytes));
        (length, from) = (length + StampBytes + end, from + end + 1);
    }

    Write(output.AsSpan(0, length));
    held = lines.Length - from;
    if (held > BlockBytes)
        throw new InvalidDataException("a line is longer than a block");
    lines[from..].CopyTo(input);
}

static unsafe int Read(Span<byte> room)
{
    fixed (byte* start = room)
        return LinuxException.ThrowIfFailed((int)Syscalls.read(0, start, (nuint)room.Length), "read");
}

unsafe void Write(ReadOnlySpan<byte> bytes)
{
    fixed (byte* start = bytes)
    {
        for (var written = 0; written < bytes.Length;)
            written += LinuxException.ThrowIfFailed((int)Syscalls.write(file, start + written, (nuint)(bytes.Length - written)), "write");
    }
}
