using Thaw.SimulationTests.Fleets;

namespace Thaw.SimulationTests;

/// <summary>Seeded worlds around the real router, pool and lifecycles, until so many environments have lived; docs/simulation.md.</summary>
public class Simulated_fleets(ITestOutputHelper output)
{
    private static readonly int Lives = Seeds.AreMany ? 200_000 : 20_000;

    [Fact]
    public void Break_no_rule_in_twenty_thousand_lives_of_environments()
    {
        int worlds = 0, lives = 0, accepted = 0, turnedAway = 0;
        foreach (var seed in Seeds.UpTo(Lives).TakeWhile(_ => lives < Lives))
        {
            FleetWorld? fleet = null;
            Seeds.Check(seed, isTraced => (fleet = Live(seed, isTraced)).World, nameof(Simulated_fleets), output);
            worlds++;
            lives += fleet!.Ledger.Lives;
            accepted += fleet.Ledger.Accepted;
            turnedAway += fleet.Ledger.TurnedAway;
        }

        output.WriteLine($"{lives} lives of environments in {worlds} worlds; {accepted} invocations ran, {turnedAway} were turned away");
    }

    [Fact]
    public void Are_the_same_for_the_same_seed()
    {
        foreach (var seed in Seeds.UpTo(100))
            Seeds.CheckTwice(seed, () => Live(seed, isTraced: true).World, nameof(Simulated_fleets));
    }

    private static FleetWorld Live(int seed, bool isTraced)
    {
        var fleet = new FleetWorld(seed, isTraced, hasSnapshots: false);
        fleet.Live();
        return fleet;
    }
}
