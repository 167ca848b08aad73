using System.Text;
using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Lifecycle;
using Thaw.Testing;

namespace Thaw.SimulationTests;

/// <summary>Thousands of seeded lives of one environment, outside of any pool.</summary>
public class Simulated_lives(ITestOutputHelper output)
{
    private static readonly int Lives = Seeds.AreMany ? 20_000 : 3_000;

    [Fact]
    public void Break_no_rule_whoever_crashes_hangs_or_lies()
    {
        foreach (var seed in Seeds.UpTo(Lives))
            Seeds.Check(seed, isTraced => Live(seed, faulty: true, isTraced), nameof(Simulated_lives), output);
    }

    [Fact]
    public void Succeed_when_everyone_behaves()
    {
        foreach (var seed in Seeds.UpTo(Lives / 10))
            Seeds.Check(seed, isTraced => Live(seed, faulty: false, isTraced), nameof(Simulated_lives), output);
    }

    [Fact]
    public void Are_the_same_for_the_same_seed()
    {
        foreach (var seed in Seeds.UpTo(Lives / 20))
            Seeds.CheckTwice(seed, () => Live(seed, faulty: true, isTraced: true), nameof(Simulated_lives));
    }

    private static World Live(int seed, bool faulty, bool isTraced)
    {
        var world = new World(seed, isTraced);
        var faults = faulty ? new Faults(world.Random) : Faults.None(world.Random);
        var function = new FunctionConfiguration { Name = "simulated", Handler = "h", Runtime = "provided" };
        var settings = new LifecycleSettings { Function = function };
        var environment = new SimulatedEnvironment(world, faults, settings, extensions: world.Random.Next(3));
        var told = world.Tell(async () =>
        {
            var init = await environment.GetReadyAsync();
            if (!faulty && !init.IsSuccess)
                world.Violate($"Init of an honest world failed: {init}");
            for (var count = 0; count < 5; count++)
            {
                // The last two invokes are honest ones: faults must not outlast their causes.
                if (count == 3)
                    faults.Heal();
                await InvokeAsync(environment, $"request-{count}", mustSucceed: !faulty || count == 4);
                var rests = world.Time.GetTimestamp();
                await world.Pause(1_000, CancellationToken.None);
                if (!faulty && world.Time.GetElapsedTime(rests) > Freezing.Patience && !environment.Freezer.IsFrozen)
                    world.Violate("is not frozen though nothing happens");
            }

            await environment.ShutdownAsync(ShutdownReason.Spindown);
        });
        if (!told)
            world.Violate("the life hangs");
        return world;
    }

    private static async Task InvokeAsync(SimulatedEnvironment environment, string id, bool mustSucceed)
    {
        var world = environment.World;
        var response = new RecordedResponse();
        var started = world.Time.GetTimestamp();
        var outcome = await environment.InvokeAsync(new Invocation
        {
            RequestId = new RequestId(id),
            InvocationId = new InvocationId($"attempt at {id}"),
            Event = Encoding.UTF8.GetBytes(id),
            InvokedFunctionArn = "arn",
            Response = response,
        });

        // A runtime that asks for its next event while its answer is being read is done before its caller.
        await world.Pause(100, CancellationToken.None);
        if (response.IsComplete == (response.Error is not null))
            world.Violate($"{id} ended {(response.IsComplete ? "twice" : "never")}");
        if (response.IsComplete && (response.Body != id || !environment.Answered.Contains(id)))
            world.Violate($"{id} got an answer that is not its own: {response.Body}");
        if (mustSucceed && !outcome.IsSuccess)
            world.Violate($"{id} failed though everyone behaves: {outcome}");
        if (world.Time.GetElapsedTime(started) > TimeSpan.FromSeconds(8))
            world.Violate($"{id} took {world.Time.GetElapsedTime(started)}");
    }
}
