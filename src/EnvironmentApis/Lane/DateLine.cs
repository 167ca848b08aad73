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
            var now = time.GetUtcNow();
            var second = now.ToUnixTimeSeconds();
            var current = line;
            if (current.Second != second)
                line = current = new(second, Encoding.ASCII.GetBytes($"\r\nDate: {now.ToString("R", CultureInfo.InvariantCulture)}"));
            return current.Bytes;
        }
    }

    private sealed record Line(long Second, byte[] Bytes);
}
