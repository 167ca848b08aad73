using Microsoft.Extensions.Time.Testing;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.UnitTests.EnvironmentApis.Lane;

public sealed class Coarse_time
{
    [Fact]
    public void Is_the_systems_to_a_few_milliseconds()
    {
        var coarse = CoarseTime.Of(TimeProvider.System);
        var (exactly, roughly) = (TimeProvider.System.GetTimestamp(), coarse.GetTimestamp());
        SpinWait.SpinUntil(() => coarse.GetElapsedTime(roughly) >= TimeSpan.FromMilliseconds(20));
        Assert.InRange(TimeProvider.System.GetElapsedTime(exactly).TotalMilliseconds, 5, 10_000);
    }

    [Fact]
    public void Is_any_other_time_itself()
    {
        var fake = new FakeTimeProvider();
        Assert.Same(fake, CoarseTime.Of(fake));
    }
}
