using Thaw.Daemon.InvokeApi;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Trace_header
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Has_the_form_of_X_Ray() => Assert.Matches(
        "^Root=1-6b0ac240-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$", TraceHeader.New(Noon, new Random(1)));

    [Fact]
    public void Of_a_later_trace_is_greater_within_a_second_and_beyond()
    {
        var random = new Random(1);
        long[] ticks = [0, 1, 2, 255, 256, 65_536, 9_999_999, 10_000_000, 10_000_001];
        var headers = ticks.Select(later => TraceHeader.New(Noon.AddTicks(later), random)).ToArray();
        Assert.Equal(headers.Order(StringComparer.Ordinal), headers);
    }

    [Fact]
    public void Of_the_same_moment_is_another()
    {
        var random = new Random(1);
        Assert.Distinct(Enumerable.Range(0, 100).Select(_ => TraceHeader.New(Noon, random)));
    }
}
