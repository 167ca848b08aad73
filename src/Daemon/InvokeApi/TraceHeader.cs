using System.Buffers.Binary;
using System.Globalization;

namespace Thaw.Daemon.InvokeApi;

/// <summary><c>X-Amzn-Trace-Id</c>: every invocation has one; a caller that sends none begins a trace. Spec (service) 9.1.</summary>
internal static class TraceHeader
{
    /// <summary>
    /// A new trace, not sampled: seconds since 1970, as X-Ray forms them, and 96 bits, of which the first 24 are the ticks of that second.
    /// The others are random. So traces rise with time (decision 43).
    /// </summary>
    public static string New(DateTimeOffset now, Random random)
    {
        Span<byte> bits = stackalloc byte[20];
        random.NextBytes(bits);
        var ticks = (uint)(now.UtcTicks % TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteUInt32BigEndian(bits, (ticks << 8) | bits[3]);
        Span<char> hex = stackalloc char[2 * bits.Length];
        Convert.TryToHexStringLower(bits, hex, out _);
        return string.Create(
            CultureInfo.InvariantCulture,
            stackalloc char[96],
            $"Root=1-{now.ToUnixTimeSeconds():x8}-{hex[..24]};Parent={hex[24..]};Sampled=0");
    }

    /// <summary>A segment of its own for an invocation whose trace is sampled: 16 hexadecimal digits. Null for all others.</summary>
    public static string? NewSegment(string header, Random random)
    {
        if (!header.Contains("Sampled=1", StringComparison.Ordinal))
            return null;
        Span<byte> bits = stackalloc byte[8];
        random.NextBytes(bits);
        return Convert.ToHexStringLower(bits);
    }
}
