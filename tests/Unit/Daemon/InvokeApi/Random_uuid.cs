using Thaw.Daemon.InvokeApi;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Random_uuid
{
    [Fact]
    public void Is_one_of_version_4_and_another_each_time()
    {
        var random = new Random(1);
        var ids = Enumerable.Range(0, 100).Select(_ => RandomUuid.New(random)).ToArray();
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id.ToString()));
        Assert.Distinct(ids);
    }
}
