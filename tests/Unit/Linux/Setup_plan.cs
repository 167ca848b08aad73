using Thaw.Linux.AgentProtocol;

namespace Thaw.UnitTests.Linux;

public sealed class Setup_plan
{
    [Fact]
    public void Travels_as_words()
    {
        var plan = new SetupPlan("sandbox", 1000, 9002, [new(10, "/"), new(11, "/a:b")], ["/run/agent", "run"]);

        Assert.Equal(["setup", "sandbox", "1000", "9002", "10:/", "11:/a:b", "--", "/run/agent", "run"], plan.Words);
        var read = SetupPlan.Parse(plan.Words);
        Assert.Equal((plan.HostName, plan.UserId, plan.LinkPort), (read.HostName, read.UserId, read.LinkPort));
        Assert.Equal(plan.Mounts, read.Mounts);
        Assert.Equal(plan.Program, read.Program);
    }

    [Fact]
    public void Names_no_program_for_who_serves_itself() =>
        Assert.Empty(SetupPlan.Parse("setup sandbox 1000 0 10:/ --".Split(' ')).Program);

    [Theory]
    [InlineData("setup")]
    [InlineData("setup sandbox 1000 9002 -- run")]
    [InlineData("setup sandbox 1000 9002 ten:/ -- run")]
    [InlineData("run sandbox 1000 9002 10:/ -- run")]
    public void Is_refused_where_it_is_none(string words) => Assert.Throws<FormatException>(() => SetupPlan.Parse(words.Split(' ')));
}
