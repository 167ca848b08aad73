using Thaw.SimulationTests.Fleets;

namespace Thaw.SimulationTests;

/// <summary>
/// The same worlds as <see cref="Simulated_fleets"/>, of functions whose environments are clones of snapshots. Snapshots are removed and
/// taken anew, their originals borrow memory, hooks fail or never return, and what cannot be restored is initialised; docs/simulation.md.
/// </summary>
public class Simulated_restores(ITestOutputHelper output)
{
    private static readonly int Lives = Seeds.AreMany ? 100_000 : 8_000;

    [Fact]
    public void Break_no_rule_whoever_crashes_hangs_or_lies_before_and_after_them()
    {
        int worlds = 0, lives = 0, restored = 0, accepted = 0, turnedAway = 0, loans = 0;
        foreach (var seed in Seeds.UpTo(Lives).TakeWhile(_ => lives < Lives))
        {
            FleetWorld? fleet = null;
            Seeds.Check(seed, isTraced => (fleet = Live(seed, isTraced)).World, nameof(Simulated_restores), output);
            worlds++;
            lives += fleet!.Ledger.Lives;
            restored += fleet.Ledger.Restored;
            accepted += fleet.Ledger.Accepted;
            turnedAway += fleet.Ledger.TurnedAway;
            loans += fleet.Ledger.Loans;
        }

        output.WriteLine($"{lives} lives of environments in {worlds} worlds, {restored} of them restored");
        output.WriteLine($"{accepted} invocations ran, {turnedAway} were turned away, {loans} loans of memory");
        Assert.InRange(restored, lives / 3, lives);
        Assert.InRange(loans, worlds / 2, lives);
    }

    [Fact]
    public void Are_the_same_for_the_same_seed()
    {
        foreach (var seed in Seeds.UpTo(50))
            Seeds.CheckTwice(seed, () => Live(seed, isTraced: true).World, nameof(Simulated_restores));
    }

    private static FleetWorld Live(int seed, bool isTraced)
    {
        var fleet = new FleetWorld(seed, isTraced, hasSnapshots: true);
        fleet.Live();
        return fleet;
    }
}
