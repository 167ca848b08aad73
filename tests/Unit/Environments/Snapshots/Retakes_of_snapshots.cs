using Microsoft.Extensions.Time.Testing;
using Thaw.Environments;
using Thaw.Environments.Snapshots;

namespace Thaw.UnitTests.Environments.Snapshots;

public sealed class Retakes_of_snapshots
{
    private static readonly VersionId Version = new("hello", "1");

    private readonly FakeTimeProvider time = new();
    private readonly Retakes retakes;

    public Retakes_of_snapshots() => retakes = new(time);

    [Fact]
    public void Begin_at_once_and_after_a_pause_that_doubles_when_they_come_to_nothing()
    {
        Assert.True(retakes.MayBegin(Version));
        for (var minutes = 1; minutes <= 32; minutes *= 2)
            Rest(TimeSpan.FromMinutes(minutes));
        Rest(TimeSpan.FromHours(1));
        Rest(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Are_forgotten_when_all_is_well_again()
    {
        retakes.CameToNothing(Version);
        Assert.True(retakes.MayBegin(new("hello", "2")));
        retakes.Forget(Version);
        Assert.True(retakes.MayBegin(Version));
        Rest(TimeSpan.FromMinutes(1));
    }

    private void Rest(TimeSpan pause)
    {
        retakes.CameToNothing(Version);
        time.Advance(pause - TimeSpan.FromTicks(1));
        Assert.False(retakes.MayBegin(Version));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(retakes.MayBegin(Version));
    }
}
