using Thaw.SimulationTests.Models;

namespace Thaw.SimulationTests;

/// <summary>The real pool and a naive one that only counts, under the same random operations. One to three slots per environment.</summary>
public class Pools
{
    private static readonly int Runs = Seeds.AreMany ? 20_000 : 1_000;

    [Fact]
    public void Do_what_a_naive_model_of_them_does()
    {
        foreach (var seed in Seeds.UpTo(Runs))
        {
            try
            {
                new NaivePool(seed).Live(steps: 200);
            }
            catch (Xunit.Sdk.XunitException fault)
            {
                Assert.Fail($"Seed {seed}: {fault.Message}. Replay: THAW_SEED={seed} ./test {nameof(Pools)}\n{fault.StackTrace}");
            }
        }
    }
}
