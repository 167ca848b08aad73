using System.Buffers;
using System.Buffers.Text;
using Thaw.Linux;

namespace Thaw.Bench.NativeRuntime;

/// <summary>Writes numbered lines of 40 bytes to standard output, about a page at a time, as C's library does with a pipe.</summary>
internal static unsafe class LineWriter
{
    private const int LineBytes = 40, LinesAtOnce = 4096 / LineBytes, Digits = 12;

    private static long lines;

    /// <summary>The numbers go on where the last call ended.</summary>
    internal static void Write(int count)
    {
        var block = stackalloc byte[LinesAtOnce * LineBytes];
        new Span<byte>(block, LinesAtOnce * LineBytes).Fill((byte)'x');
        while (count > 0)
        {
            var now = Math.Min(count, LinesAtOnce);
            for (var i = 0; i < now; i++)
            {
                var line = new Span<byte>(block + (i * LineBytes), LineBytes);
                "line "u8.CopyTo(line);
                Utf8Formatter.TryFormat(lines++, line[5..], out _, new StandardFormat('D', Digits));
                line[5 + Digits] = (byte)' ';
                line[^1] = (byte)'\n';
            }

            var length = now * LineBytes;
            for (var written = 0; written < length;)
                written += LinuxException.ThrowIfFailed((int)Syscalls.write(1, block + written, (nuint)(length - written)), "write");
            count -= now;
        }
    }
}
