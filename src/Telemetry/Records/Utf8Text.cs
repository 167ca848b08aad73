using System.Buffers;
using System.Globalization;
using System.Text;

namespace Thaw.Telemetry.Records;

/// <summary>Values as UTF-8 text, straight into a buffer: nothing here makes an object.</summary>
internal static class Utf8Text
{
    /// <summary><c>2026-09-16T12:34:56.789Z</c>, in bytes.</summary>
    private const int TimeBytes = 24;

    private const int LongestNumber = 20;

    extension(IBufferWriter<byte> to)
    {
        public void Text(string text)
        {
            var written = Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
            to.Advance(written);
        }

        public void Whole(long number)
        {
            number.TryFormat(to.GetSpan(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
            to.Advance(written);
        }

        /// <summary>In UTC, with exactly three decimals, cut and not rounded; spec: ENV-100.</summary>
        public void Time(DateTimeOffset time)
        {
            // The round trip format is the one that .NET writes fastest; its seven decimals are cut.
            Span<byte> whole = stackalloc byte[28];
            time.UtcDateTime.TryFormat(whole, out _, "O", CultureInfo.InvariantCulture);
            var text = to.GetSpan(TimeBytes);
            whole[..(TimeBytes - 1)].CopyTo(text);
            text[TimeBytes - 1] = (byte)'Z';
            to.Advance(TimeBytes);
        }

        /// <summary>Milliseconds as logs show them: two decimals, always.</summary>
        public void Milliseconds(TimeSpan duration) => to.Decimal(Rounded(duration, 100), places: 2, keepZeros: true);

        /// <summary>Milliseconds as JSON has them: no zeros at the end.</summary>
        /// <param name="places">2 or 3.</param>
        public void JsonMilliseconds(TimeSpan duration, int places) =>
            to.Decimal(Rounded(duration, places == 2 ? 100 : 10), places, keepZeros: false);

        private void Decimal(long number, int places, bool keepZeros)
        {
            var unit = places == 2 ? 100 : 1_000;
            to.Whole(number / unit);
            var rest = number % unit;
            if (rest == 0 && !keepZeros)
                return;
            var text = to.GetSpan(1 + places);
            text[0] = (byte)'.';
            for (var at = places; at > 0; at--, rest /= 10)
                text[at] = (byte)('0' + (rest % 10));
            while (!keepZeros && text[places] == '0')
                places--;
            to.Advance(1 + places);
        }
    }

    // A clock that was set back in between is no reason to show less than nothing.
    private static long Rounded(TimeSpan duration, long ticks) => (Math.Max(0, duration.Ticks) + (ticks / 2)) / ticks;
}
