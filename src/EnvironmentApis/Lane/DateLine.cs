using System.Globalization;
using System.Text;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The Date header of every answer, as Kestrel writes it; made once a second.</summary>
public sealed class DateLine(TimeProvider time)
{
    private volatile Line line = new(long.MinValue, []);

    public ReadOnlySpan<byte> Now
    {
        get
        {
            var current = line;
            if (time.GetTimestamp() >= current.Until)
                line = current = Renewed();
            return current.Bytes;
        }
    }

    private Line Renewed()
    {
        var (timestamp, now) = (time.GetTimestamp(), time.GetUtcNow());
        var left = TimeSpan.TicksPerSecond - (now.Ticks % TimeSpan.TicksPerSecond);
        var until = timestamp + (long)Math.Ceiling((double)left * time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return new(until, Encoding.ASCII.GetBytes($"\r\nDate: {now.ToString("R", CultureInfo.InvariantCulture)}"));
    }

    private sealed record Line(long Until, byte[] Bytes);
}
