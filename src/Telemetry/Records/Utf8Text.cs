using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Thaw.Telemetry.Records;

/// <summary>Values as UTF-8 text, straight into a buffer: nothing here makes an object.</summary>
internal static class Utf8Text
{
    /// <summary>No number, duration or time is longer.</summary>
    public const int LongestBytes = 32;

    /// <summary><c>2026-09-16T12:34:56.789Z</c>, in bytes.</summary>
    private const int TimeBytes = 24;

    extension(IBufferWriter<byte> to)
    {
        public void Text(string text)
        {
            var written = Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
            to.Advance(written);
        }

        public void Whole(long number) => to.Advance(WriteWhole(number, to.GetSpan(LongestBytes)));

        public void Time(DateTimeOffset time) => to.Advance(WriteTime(time, to.GetSpan(LongestBytes)));

        /// <summary>Milliseconds as JSON has them: no zeros at the end.</summary>
        /// <param name="places">2 or 3.</param>
        public void JsonMilliseconds(TimeSpan duration, int places) => to.Advance(
            WriteDecimal(Rounded(duration, places == 2 ? 100 : 10), places, keepZeros: false, to.GetSpan(LongestBytes)));
    }

    /// <returns>The bytes that it has.</returns>
    public static int WriteWhole(long number, Span<byte> to) => Utf8Formatter.TryFormat(number, to, out var written) ? written : 0;

    /// <summary>In UTC, with exactly three decimals, cut and not rounded; spec: ENV-100.</summary>
    /// <returns>The bytes that it has.</returns>
    public static int WriteTime(DateTimeOffset time, Span<byte> to)
    {
        // The round trip format is the one that .NET writes fastest; its seven decimals are cut.
        time.UtcDateTime.TryFormat(to, out _, "O", CultureInfo.InvariantCulture);
        to[TimeBytes - 1] = (byte)'Z';
        return TimeBytes;
    }

    /// <summary>Milliseconds as logs show them: two decimals, always.</summary>
    /// <returns>The bytes that they have.</returns>
    public static int WriteMilliseconds(TimeSpan duration, Span<byte> to) =>
        WriteDecimal(Rounded(duration, 100), places: 2, keepZeros: true, to);

    private static int WriteDecimal(long number, int places, bool keepZeros, Span<byte> to)
    {
        var (whole, rest) = Math.DivRem(number, places == 2 ? 100 : 1_000);
        var written = WriteWhole(whole, to);
        if (rest == 0 && !keepZeros)
            return written;
        var text = to[written..];
        text[0] = (byte)'.';
        for (var at = places; at > 0; at--, rest /= 10)
            text[at] = (byte)('0' + (rest % 10));
        while (!keepZeros && text[places] == '0')
            places--;
        return written + 1 + places;
    }

    // A clock that was set back in between is no reason to show less than nothing.
    private static long Rounded(TimeSpan duration, long ticks) => (Math.Max(0, duration.Ticks) + (ticks / 2)) / ticks;
}
