namespace Thaw.Bench.Driver;

/// <summary>
/// Two things measured in turns. What disturbs a machine disturbs neighbours in time alike, so each round has its own ratio.
/// </summary>
internal sealed class Duel
{
    private readonly List<double[]> rounds = [];

    internal double Thaw => Statistics.Median(rounds.Select(round => round[0]));

    internal double Floor => Statistics.Median(rounds.Select(round => round[1]));

    internal double Ratio => Statistics.Median(rounds.Select(round => round[0] / round[1]));

    internal IReadOnlyList<double[]> Rounds => rounds;

    /// <summary>Measures both so many times; who begins alternates, unless one needs the other.</summary>
    internal static Duel Fight(string name, int rounds, Func<int, double> thaw, Func<int, double> floor, bool alternates = true)
    {
        var duel = new Duel();
        for (var round = 0; round < rounds; round++)
        {
            if (round % 5 == 0)
                Workbench.Say($"{name}: round {round + 1} of {rounds}");
            var first = round % 2 == 0 || !alternates;
            var early = first ? thaw(round) : floor(round);

            // Work that is left for after the answer must not fall into the other's time.
            Thread.Sleep(5);
            var late = first ? floor(round) : thaw(round);
            Thread.Sleep(5);
            duel.rounds.Add(first ? [early, late] : [late, early]);
        }

        return duel;
    }
}
