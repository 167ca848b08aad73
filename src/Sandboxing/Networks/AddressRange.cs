using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Thaw.Sandboxing.Networks;

/// <summary>A range of IPv4 addresses as <c>10.201.0.0/16</c>, cut into pairs (/31): one for the machine, one for a sandbox.</summary>
public readonly record struct AddressRange
{
    /// <summary>Of the prefix, in bits: 2 to 32,768 pairs.</summary>
    public const int ShortestPrefix = 16, LongestPrefix = 30;

    private readonly uint first;

    private AddressRange(uint first, int prefix) => (this.first, Prefix) = (first, prefix);

    public int Prefix { get; }

    public IPAddress First => Address(first);

    /// <summary>How many sandboxes have room.</summary>
    public int Pairs => 1 << (31 - Prefix);

    /// <summary>Null when it is no range of addresses for private use, or none of a fitting size.</summary>
    public static AddressRange? Parse(string text)
    {
        if (text.Split('/') is not [var address, var length]
            || !IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            || prefix is < ShortestPrefix or > LongestPrefix)
        {
            return null;
        }

        var first = Number(parsed);
        return (first & ~Mask(prefix)) == 0 && IsPrivate(first) ? new(first, prefix) : null;
    }

    /// <param name="pair">From 0.</param>
    public (IPAddress Host, IPAddress Guest) PairAt(int pair)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pair);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pair, Pairs);
        var host = first + ((uint)pair * 2);
        return (Address(host), Address(host + 1));
    }

    public bool Overlaps(IPAddress network, int prefix)
    {
        if (network.AddressFamily != AddressFamily.InterNetwork)
            return false;
        var mask = Mask(Math.Min(prefix, Prefix));
        return (first & mask) == (Number(network) & mask);
    }

    public bool Overlaps(AddressRange other) => Overlaps(other.First, other.Prefix);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}/{Prefix}");

    // RFC 1918 and RFC 6598.
    private static bool IsPrivate(uint address) =>
        (address & Mask(8)) == 0x0A000000 || (address & Mask(12)) == 0xAC100000 || (address & Mask(16)) == 0xC0A80000
        || (address & Mask(10)) == 0x64400000;

    private static uint Mask(int prefix) => prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new(bytes);
    }
}
