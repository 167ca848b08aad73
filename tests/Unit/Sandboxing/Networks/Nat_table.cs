using System.Net;
using Thaw.Sandboxing.Networks;

namespace Thaw.UnitTests.Sandboxing.Networks;

public sealed class Nat_table
{
    private static readonly AddressRange Range = AddressRange.Parse("10.201.0.0/16")!.Value;

    [Theory, InlineData(true, "thaw_4711_123_10.201.0.0_16_f"), InlineData(false, "thaw_4711_123_10.201.0.0_16")]
    public void Says_whose_it_is_by_its_name(bool switched, string name)
    {
        var table = new NatTable(4711, 123, Range, switched);

        Assert.Equal(name, table.Name);
        Assert.Equal(table, NatTable.Parse(name));
    }

    [Theory, InlineData("filter"), InlineData("thaw_1_2"), InlineData("thaw_1_2_10.201.0.0_16_x"), InlineData("thaw_a_2_10.201.0.0_16")]
    public void Is_none_of_somebody_elses(string name) => Assert.Null(NatTable.Parse(name));

    [Theory, InlineData(1, "tw1-"), InlineData(4_194_304, "tw2hwcg-")]
    public void Gives_links_names_that_the_kernel_takes(int pid, string prefix)
    {
        var table = new NatTable(pid, 0, Range, false);

        Assert.Equal(prefix, table.LinkPrefix);
        Assert.InRange((table.LinkPrefix + (Range.Pairs - 1)).Length, 1, 15);
    }

    [Fact]
    public void Belongs_to_a_living_daemon_only_while_that_one_runs()
    {
        var own = NatTable.OfThisProcess(Range, false);

        Assert.True(own.IsAlive);
        Assert.False((own with { Started = own.Started + 1 }).IsAlive);
        Assert.False((own with { Pid = int.MaxValue }).IsAlive);
    }

    [Fact]
    public void Opens_a_port_where_names_are_resolved_before_it_closes_the_place()
    {
        var rules = new NatTable(1, 2, Range, false).Rules([IPAddress.Parse("169.254.169.253")]);

        Assert.Contains("ip daddr { 169.254.169.253 } udp dport 53 accept", rules, StringComparison.Ordinal);
        Assert.True(rules.IndexOf("dport 53", StringComparison.Ordinal) < rules.IndexOf("169.254.0.0/16", StringComparison.Ordinal));
        Assert.DoesNotContain("dport", new NatTable(1, 2, Range, false).Rules([]), StringComparison.Ordinal);
    }
}
