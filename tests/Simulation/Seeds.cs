using System.Globalization;

namespace Thaw.SimulationTests;

/// <summary>Which worlds a test lives through. THAW_SEED replays one and prints its trace.</summary>
internal static class Seeds
{
    /// <summary>With <c>./test --full</c>.</summary>
    public static bool AreMany { get; } = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";

    private static int? Replayed { get; } = Environment.GetEnvironmentVariable("THAW_SEED") is { Length: > 0 } seed
        ? int.TryParse(seed, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidOperationException($"THAW_SEED wants a seed's number, not {seed}")
        : null;

    public static IEnumerable<int> UpTo(int count) => Replayed is { } one ? [one] : Enumerable.Range(1, count);

    /// <summary>Fails the test if the world broke a rule, with the way to see it again.</summary>
    /// <param name="live">Lives the world of the seed again, traced if so asked.</param>
    public static World Check(int seed, Func<bool, World> live, string suite, ITestOutputHelper output)
    {
        var world = live(Replayed is not null);
        if (world.IsTraced)
            output.WriteLine(world.Trace);
        if (world.Violations.Count > 0)
        {
            var violations = string.Join("\n  ", world.Violations.Take(10));
            Assert.Fail($"Seed {seed}:\n  {violations}\nReplay: THAW_SEED={seed} ./test {suite}\n{live(true).Trace}");
        }

        return world;
    }

    /// <summary>Fails the test if the seed has two traces.</summary>
    public static void CheckTwice(int seed, Func<World> live, string suite)
    {
        var (once, again) = (live().Trace.Split('\n'), live().Trace.Split('\n'));
        var same = once.Zip(again).TakeWhile(lines => lines.First == lines.Second).Count();
        if (same < Math.Max(once.Length, again.Length))
        {
            Assert.Fail($"Seed {seed}: two traces, from line {same + 1} on.\nReplay: THAW_SEED={seed} ./test {suite}\n"
                + $"{once.ElementAtOrDefault(same)}\n{again.ElementAtOrDefault(same)}");
        }
    }
}
