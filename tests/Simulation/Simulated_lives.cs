using System.Globalization;
using System.Text;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Testing;

namespace Thaw.SimulationTests;

/// <summary>Thousands of seeded lives of the real lifecycle. THAW_SEED replays one and prints its trace.</summary>
public class Simulated_lives(ITestOutputHelper output)
{
    private static readonly int Lives = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 20_000 : 3_000;

    [Fact]
    public void Break_no_rule_whoever_crashes_hangs_or_lies()
    {
        foreach (var seed in Seeds(Lives))
            Check(seed, Live(seed, faulty: true));
    }

    [Fact]
    public void Succeed_when_everyone_behaves()
    {
        foreach (var seed in Seeds(Lives / 10))
            Check(seed, Live(seed, faulty: false));
    }

    [Fact]
    public void Are_the_same_for_the_same_seed()
    {
        foreach (var seed in Seeds(Lives / 20))
            Assert.Equal(Live(seed, faulty: true).Trace, Live(seed, faulty: true).Trace);
    }

    private static IEnumerable<int> Seeds(int count) =>
        Environment.GetEnvironmentVariable("THAW_SEED") is { Length: > 0 } one
            ? [int.Parse(one, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, count);

    private static World Live(int seed, bool faulty)
    {
        var world = new World(seed, faulty);
        var told = world.Tell(async () =>
        {
            var init = await world.Lifecycle.InitAsync();
            if (!faulty && !init.IsSuccess)
                world.Violations.Add($"Init of an honest world failed: {init}");
            for (var count = 0; count < 5; count++)
            {
                // The last two invokes are honest ones: faults must not outlast their causes.
                if (count == 3)
                    world.Faults.Heal();
                await InvokeAsync(world, $"request-{count}", mustSucceed: !faulty || count == 4);
                await world.Pause(1_000, CancellationToken.None);
            }

            await world.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        });
        if (!told)
            world.Violations.Add("the life hangs");
        return world;
    }

    private static async Task InvokeAsync(World world, string id, bool mustSucceed)
    {
        var response = new RecordedResponse();
        var started = world.Time.GetTimestamp();
        var outcome = await world.Lifecycle.InvokeAsync(new Invocation
        {
            RequestId = new RequestId(id),
            InvocationId = new InvocationId($"attempt at {id}"),
            Event = Encoding.UTF8.GetBytes(id),
            InvokedFunctionArn = "arn",
            Response = response,
        });

        if (response.IsComplete == (response.Error is not null))
            world.Violations.Add($"{id} ended {(response.IsComplete ? "twice" : "never")}");
        if (response.IsComplete && (response.Body != id || !world.Answered.Contains(id)))
            world.Violations.Add($"{id} got an answer that is not its own: {response.Body}");
        if (!outcome.IsSuccess && world.Alive.Any())
            world.Violations.Add($"{id} failed and left processes alive");
        if (outcome.IsSuccess && !world.Answered.Contains(id))
            world.Violations.Add($"{id} succeeded without an answer");
        if (outcome.IsSuccess && world.Busy.Count > 0)
            world.Violations.Add($"{id} ended before {string.Join(" and ", world.Busy)} was done with it");
        if (mustSucceed && !outcome.IsSuccess)
            world.Violations.Add($"{id} failed though everyone behaves: {outcome}");
        if (world.Time.GetElapsedTime(started) > TimeSpan.FromSeconds(8))
            world.Violations.Add($"{id} took {world.Time.GetElapsedTime(started)}");
    }

    private void Check(int seed, World world)
    {
        if (Environment.GetEnvironmentVariable("THAW_SEED") is { Length: > 0 })
            output.WriteLine(world.Trace);
        Assert.True(
            world.Violations.Count == 0,
            $"Seed {seed}: {string.Join("; ", world.Violations)}. Replay: THAW_SEED={seed} ./test Simulation\n{world.Trace}");
    }
}
