using System.Buffers;
using System.Runtime.CompilerServices;
using Thaw.Contracts;
using Thaw.Telemetry.Records;

namespace Thaw.Telemetry.Lines;

/// <summary>An interpolated text that goes into a buffer as UTF-8, piece by piece: no string is made of it.</summary>
[InterpolatedStringHandler]
internal readonly ref struct Utf8Line(int literalLength, int formattedCount, IBufferWriter<byte> to)
{
    /// <summary>How many letters and values it has; the compiler tells it.</summary>
    public int Pieces => literalLength + formattedCount;

    public void AppendLiteral(string text) => to.Text(text);

    public void AppendFormatted(string text) => to.Text(text);

    public void AppendFormatted(RequestId id) => to.Text(id.Value);

    public void AppendFormatted(ErrorType type) => to.Text(type.Name);

    public void AppendFormatted(ReadOnlySpan<byte> text) => to.Write(text);

    public void AppendFormatted(long number) => to.Whole(number);

    public void AppendFormatted(DateTimeOffset time) => to.Time(time);

    /// <summary>In milliseconds, with two decimals.</summary>
    public void AppendFormatted(TimeSpan duration) => to.Milliseconds(duration);
}

internal static class Utf8LineWriting
{
    extension(IBufferWriter<byte> to)
    {
        public void Line([InterpolatedStringHandlerArgument(nameof(to))] Utf8Line line) => _ = line.Pieces;
    }
}
