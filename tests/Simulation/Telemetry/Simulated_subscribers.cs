namespace Thaw.SimulationTests.Telemetry;

/// <summary>Thousands of seeded lives with subscribers that are down, slow, fail, hang or forget to answer.</summary>
public class Simulated_subscribers(ITestOutputHelper output)
{
    private static readonly int Lives = Seeds.AreMany ? 20_000 : 2_000;

    [Fact, Trait("Spec", "ENV-097"), Trait("Spec", "ENV-098")]
    public void Receive_each_record_once_in_order_or_hear_that_it_is_lost()
    {
        foreach (var seed in Seeds.UpTo(Lives))
            Seeds.Check(seed, isTraced => Live(seed, isTraced), nameof(Simulated_subscribers), output);
    }

    [Fact]
    public void Are_the_same_for_the_same_seed()
    {
        foreach (var seed in Seeds.UpTo(Lives / 20))
            Seeds.CheckTwice(seed, () => Live(seed, isTraced: true), nameof(Simulated_subscribers));
    }

    private static World Live(int seed, bool isTraced)
    {
        var world = new World(seed, isTraced);
        var told = world.Tell(async () =>
        {
            await using var subscribed = new SubscribedWorld(world);
            await subscribed.LiveAsync();
        });
        if (!told)
            world.Violate("the life hangs");
        return world;
    }
}
