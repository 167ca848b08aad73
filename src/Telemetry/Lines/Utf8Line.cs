using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Records;

namespace Thaw.Telemetry.Lines;

/// <summary>An interpolated text that goes into a buffer as UTF-8, piece by piece: no string is made of it.</summary>
[InterpolatedStringHandler]
internal ref struct Utf8Line(int literalLength, int formattedCount, IBufferWriter<byte> to)
{
    /// <summary>An id has some more than a number or a time.</summary>
    private const int BytesOfMostValues = 40;

    // All of it is written into the same room, unless a text is long.
    private Span<byte> room = to.GetSpan(literalLength + (formattedCount * BytesOfMostValues));
    private int written;

    public void AppendLiteral(string text) => AppendFormatted(text);

    public void AppendFormatted(string text)
    {
        // Nearly all is ASCII, which is quicker to write.
        if (Ascii.FromUtf16(text, room[written..], out var bytes) != OperationStatus.Done)
            bytes = Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length)));
        Wrote(bytes);
    }

    public void AppendFormatted(RequestId id) => AppendFormatted(id.Value);

    public void AppendFormatted(ErrorType type) => AppendFormatted(type.Name);

    public void AppendFormatted(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Wrote(text.Length);
    }

    public void AppendFormatted(long number) => Wrote(Utf8Text.WriteWhole(number, Room(Utf8Text.LongestBytes)));

    public void AppendFormatted(DateTimeOffset time) => Wrote(Utf8Text.WriteTime(time, Room(Utf8Text.LongestBytes)));

    /// <summary>In milliseconds, with two decimals.</summary>
    public void AppendFormatted(TimeSpan duration) => Wrote(Utf8Text.WriteMilliseconds(duration, Room(Utf8Text.LongestBytes)));

    /// <summary>To be called behind the last piece.</summary>
    public readonly void End() => to.Advance(written);

    private void Wrote(int bytes) => written += bytes;

    private Span<byte> Room(int bytes)
    {
        if (room.Length - written < bytes)
        {
            to.Advance(written);
            room = to.GetSpan(bytes);
            written = 0;
        }

        return room[written..];
    }
}

internal static class Utf8LineWriting
{
    extension(IBufferWriter<byte> to)
    {
        public void Line([InterpolatedStringHandlerArgument(nameof(to))] Utf8Line line) => line.End();
    }
}
