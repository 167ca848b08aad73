using System.Net;
using Thaw.Sandboxing.Networks;

namespace Thaw.UnitTests.Sandboxing.Networks;

public sealed class Address_range
{
    [Theory]
    [InlineData("10.201.0.0/16", 32_768)]
    [InlineData("172.16.4.0/24", 128)]
    [InlineData("192.168.1.4/30", 2)]
    [InlineData("100.64.0.0/16", 32_768)]
    public void Is_read_as_it_is_written(string text, int pairs)
    {
        var range = AddressRange.Parse(text)!.Value;

        Assert.Equal((text, pairs), (range.ToString(), range.Pairs));
    }

    [Theory]
    [InlineData("10.201.0.0")]
    [InlineData("10.201.0.0/8")]
    [InlineData("10.201.0.0/31")]
    [InlineData("10.201.0.1/16")]
    [InlineData("8.8.0.0/16")]
    [InlineData("169.254.0.0/16")]
    [InlineData("127.0.0.0/16")]
    [InlineData("172.32.0.0/16")]
    [InlineData("fd00::/16")]
    [InlineData("ten/16")]
    public void Is_private_and_neither_too_large_nor_too_small(string text) => Assert.Null(AddressRange.Parse(text));

    [Theory]
    [InlineData(0, "10.201.0.0", "10.201.0.1")]
    [InlineData(1, "10.201.0.2", "10.201.0.3")]
    [InlineData(128, "10.201.1.0", "10.201.1.1")]
    [InlineData(32_767, "10.201.255.254", "10.201.255.255")]
    public void Is_cut_into_pairs(int pair, string host, string guest) =>
        Assert.Equal((IPAddress.Parse(host), IPAddress.Parse(guest)), AddressRange.Parse("10.201.0.0/16")!.Value.PairAt(pair));

    [Theory, InlineData(-1), InlineData(2)]
    public void Has_no_pair_beyond_its_end(int pair) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AddressRange.Parse("10.0.0.0/30")!.Value.PairAt(pair));

    [Theory]
    [InlineData("10.201.0.0", 16, true)]
    [InlineData("10.201.7.0", 24, true)]
    [InlineData("10.0.0.0", 8, true)]
    [InlineData("0.0.0.0", 0, true)]
    [InlineData("10.202.0.0", 16, false)]
    [InlineData("192.168.0.0", 16, false)]
    [InlineData("fd00::", 8, false)]
    public void Knows_what_it_overlaps(string network, int prefix, bool overlaps) =>
        Assert.Equal(overlaps, AddressRange.Parse("10.201.0.0/16")!.Value.Overlaps(IPAddress.Parse(network), prefix));
}
