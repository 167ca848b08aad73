using System.Buffers.Binary;

namespace Thaw.Daemon.InvokeApi;

/// <summary><c>X-Amzn-Trace-Id</c>: every invocation has one; a caller that sends none begins a trace. Spec (service) 9.1.</summary>
internal static class TraceHeader
{
    private const string Form = "Root=1-........-........................;Parent=................;Sampled=0";

    /// <summary>
    /// A new trace, not sampled: seconds since 1970, as X-Ray forms them, and 96 bits, of which the first 24 are the ticks of that second.
    /// The others are random. So traces rise with time (decision 43).
    /// </summary>
    public static string New(DateTimeOffset now, Random random)
    {
        // | seconds: 4 | ticks: 3, random: 9 | random: 8 |
        Span<byte> bits = stackalloc byte[24];
        random.NextBytes(bits[4..]);
        BinaryPrimitives.WriteUInt32BigEndian(bits, (uint)now.ToUnixTimeSeconds());
        var ticks = (uint)(now.UtcTicks % TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteUInt32BigEndian(bits[4..], (ticks << 8) | bits[7]);

        // Filled in rather than formatted: every invoke has one.
        Span<char> text = stackalloc char[Form.Length];
        Form.CopyTo(text);
        Convert.TryToHexStringLower(bits[..4], text[7..], out _);
        Convert.TryToHexStringLower(bits[4..16], text[16..], out _);
        Convert.TryToHexStringLower(bits[16..], text[48..], out _);
        return new string(text);
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
