using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.UnitTests.Linux;

public sealed class Launch_order
{
    private static readonly SetupPlan Plan = new("sandbox", 1000, 0, [new(40, "/"), new(41, "/a b")], []);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Brings_descriptors_to_their_places(bool ownNetwork)
    {
        // Places that nobody has, far away from whatever else this program opens.
        const int First = 900, Second = 901;
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no such sockets here");
        var (ours, theirs) = FileDescriptor.SocketPair();
        using (ours)
        using (theirs)
        {
            new LaunchOrder(ownNetwork, [Second, First], Plan).Send(ours.Number, [ours.Number, theirs.Number]);
            var order = LaunchOrder.Receive(theirs.Number)!;
            using FileDescriptor first = new(First), second = new(Second);

            Assert.Equal((ownNetwork, Plan.HostName), (order.OwnNetwork, order.Plan.HostName));
            Assert.Equal(Plan.Mounts, order.Plan.Mounts);
            Assert.True(DescriptorChannel.TrySend(second.Number, [0]));
            Assert.Single(DescriptorChannel.Receive(first.Number)).Dispose();
        }
    }

    [Fact]
    public void Comes_no_more_when_the_daemon_is_gone()
    {
        var (ours, theirs) = FileDescriptor.SocketPair();
        ours.Dispose();
        using (theirs)
            Assert.Null(LaunchOrder.Receive(theirs.Number));
    }
}
