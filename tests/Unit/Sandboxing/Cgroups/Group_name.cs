using Thaw.Sandboxing.Cgroups;

namespace Thaw.UnitTests.Sandboxing.Cgroups;

public sealed class Group_name
{
    [Fact]
    public void Says_whose_group_it_is()
    {
        var ours = GroupName.Ours("1.an-environment");

        Assert.Equal(ours, GroupName.Parse(ours.ToString()));
        Assert.True(ours is { IsOurs: true, OwnerIsDead: false });
    }

    [Fact]
    public void Is_not_taken_for_that_of_another_process_with_the_same_id()
    {
        var before = GroupName.Ours("1.x") with { OwnerStart = 1 };

        Assert.True(before is { IsOurs: false, OwnerIsDead: true });
    }

    [Fact]
    public void Is_not_taken_for_a_dead_ones_where_processes_are_not_to_be_seen()
    {
        var elsewhere = GroupName.Ours("1.x") with { OwnerStart = 1, Namespace = 1 };

        Assert.True(elsewhere is { IsOurs: false, OwnerIsDead: false });
    }

    [Theory]
    [InlineData("somebody's")]
    [InlineData("1-2-y")]
    [InlineData("1-x-3-y")]
    [InlineData("1-2-x-y")]
    [InlineData("-1-2-3-y")]
    [InlineData("99999999999-2-3-y")]
    public void Is_none_of_ours_otherwise(string folder) => Assert.Null(GroupName.Parse(folder));
}
