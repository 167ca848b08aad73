using Thaw.Sandboxing.Networks;

namespace Thaw.UnitTests.Sandboxing.Networks;

/// <summary>To the byte, as iproute2 sends them (on a machine with the low byte first); see rtnetlink(7).</summary>
public sealed class Netlink_messages
{
    [Fact]
    public void Make_a_pair_of_links() => Assert.Equal(
        Hex(
            "60000000 1000 0506 02000000 00000000", "00 00 0000 00000000 00000000 00000000",
            "0900 0300 74772d3000 000000",
            "3400 1200",
            "0800 0100 76657468",
            "2800 0200",
            "2400 0100", "00 00 0000 00000000 00000000 00000000",
            "0700 0300 657400 00",
            "0800 1300 39300000"),
        Convert.ToHexStringLower(RouteSocket.NewPair(2, "tw-0", "et", 12345).Bytes));

    [Fact]
    public void Set_a_link_up() => Assert.Equal(
        Hex("20000000 1000 0500 03000000 00000000", "00 00 0000 07000000 01000000 01000000"),
        Convert.ToHexStringLower(RouteSocket.Up(3, 7).Bytes));

    [Fact]
    public void Delete_a_link() => Assert.Equal(
        Hex("20000000 1100 0500 04000000 00000000", "00 00 0000 07000000 00000000 00000000"),
        Convert.ToHexStringLower(RouteSocket.Delete(4, 7).Bytes));

    [Fact]
    public void Add_an_address() => Assert.Equal(
        Hex("28000000 1400 0506 05000000 00000000", "02 1f 00 00 07000000", "0800 0200 0ac90001", "0800 0100 0ac90001"),
        Convert.ToHexStringLower(RouteSocket.NewAddress(5, 7, [10, 201, 0, 1], [10, 201, 0, 1], 31).Bytes));

    [Fact]
    public void Add_a_default_route() => Assert.Equal(
        Hex("2c000000 1800 0506 06000000 00000000", "02 00 00 00 fe 03 00 01 00000000", "0800 0500 0ac90000", "0800 0400 07000000"),
        Convert.ToHexStringLower(RouteSocket.DefaultRoute(6, 7, [10, 201, 0, 0]).Bytes));

    private static string Hex(params string[] parts) => string.Concat(parts).Replace(" ", "", StringComparison.Ordinal);
}
