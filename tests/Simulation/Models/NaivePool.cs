using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Functions;
using Thaw.Environments.Pool;
using Thaw.Environments.Runtimes;

namespace Thaw.SimulationTests.Models;

/// <summary>
/// A pool that only counts, beside the real one. It does not say which environment serves whom: it looks at what the real one chose,
/// and says whether that was allowed, and whether it was right to make its caller wait or to send it away.
/// </summary>
internal sealed class NaivePool : IEnvironmentFactory
{
    private const int Versions = 2;

    private readonly Random random;
    private readonly WorldScheduler scheduler = new(chance: null);
    private readonly PoolSettings settings;
    private readonly EnvironmentPool real;
    private readonly List<ModelEnvironment> living = [];
    private readonly List<(InvocationSlot Slot, ModelEnvironment Environment)> leased = [];
    private readonly List<(EnvironmentPlan Plan, Task<Lease> Lease)> waiting = [];
    private readonly EnvironmentPlan[] plans = new EnvironmentPlan[Versions];
    private readonly long[] newest = new long[Versions], forgotten = new long[Versions];
    private int revision;

    public NaivePool(int seed)
    {
        random = new Random(seed);
        settings = new PoolSettings
        {
            SlotsPerEnvironment = 1 + random.Next(3),
            StartsAtOnce = 1 + random.Next(3),
            MemoryBytes = (2 + random.Next(6)) * 512L * 1024 * 1024,
        };
        real = new EnvironmentPool(settings, this, new SimulatedTime());
        for (var version = 0; version < Versions; version++)
            Edit(version);
    }

    public void Live(int steps)
    {
        for (; steps > 0; steps--)
        {
            Step(random.Next(Versions));
            Settle();
        }

        Drain();
    }

    public Task<IEnvironment> CreateAsync(EnvironmentPlan plan)
    {
        var made = new ModelEnvironment(plan, this);
        living.Add(made);
        Assert.True(living.Sum(environment => environment.Bytes) <= settings.MemoryBytes, "more memory is used than there is");
        Assert.True(living.Count(environment => !environment.IsReady) <= settings.StartsAtOnce, "too many start at once");
        return Task.FromResult<IEnvironment>(made);
    }

    public void Gone(ModelEnvironment environment) => living.Remove(environment);

    private void Step(int version)
    {
        switch (random.Next(20))
        {
            case < 8:
                Lease(version);
                break;
            case < 14 when leased.Count > 0:
                Return(leased[random.Next(leased.Count)]);
                break;
            case < 16:
                Any(environment => !environment.IsReady)?.EndInit();
                break;
            case < 18:
                Any(environment => environment.IsEnding)?.EndShutdown();
                break;
            case 18 when random.Next(4) == 0:
                Edit(version);
                break;
            case 19 when random.Next(8) == 0:
                Do(() => real.Forget(plans[version].Version));
                forgotten[version] = revision;
                Edit(version);
                break;
            case 19 when random.Next(2) == 0 && Any(environment => environment.IsReady && !environment.IsEnding) is { } breaking:
                breaking.IsBroken = true;
                break;
        }
    }

    private void Lease(int version)
    {
        var plan = plans[version];
        newest[version] = plan.Revision;
        var free = living.Where(environment => IsOf(environment, version) && HasFreeSlot(environment) && IsFit(environment)).ToArray();
        var idle = living.Where(environment => environment.IsIdle && (!IsOf(environment, version) || IsFit(environment))).ToArray();
        var ending = living.Where(environment => environment is { IsEnding: true, GaveWay: false }
            || (environment.IsIdle && IsOf(environment, version) && !IsFit(environment))).ToArray();
        var left = settings.MemoryBytes - Taken();

        var lease = scheduler.Enter(() => real.LeaseAsync(plan).AsTask()).Unwrap();
        scheduler.RunReady();
        waiting.Add((plan, lease));
        var victims = idle.Where(environment => environment.IsEnding).ToList();
        victims.ForEach(victim => victim.GaveWay = true);

        var bytes = plan.Function.MemoryMegabytes * 1024L * 1024;
        var leftSoon = left + ending.Sum(environment => environment.Bytes);
        if (free.Length > 0)
            Assert.Contains(Assert.IsType<Lease.Granted>(Now(lease)).Slot.Environment, free);
        else if (leftSoon + idle.Sum(environment => environment.Bytes) < bytes)
            Assert.IsType<Lease.OutOfMemory>(Now(lease));
        else
            Assert.False(lease.IsCompleted, "a slot came from nowhere");

        // What ends already gives its memory first, to who is short of it.
        if (!lease.IsCompleted && left < bytes)
            Array.ForEach(ending, environment => environment.GaveWay = true);
        var given = victims.Sum(victim => victim.Bytes);
        var isForNothing = victims.Count > 0 && (lease.IsCompleted || leftSoon + given - victims.Max(victim => victim.Bytes) >= bytes);
        Assert.False(isForNothing, "an environment gave way for nothing");
    }

    private void Return((InvocationSlot Slot, ModelEnvironment Environment) which)
    {
        leased.Remove(which);
        which.Environment.Busy--;
        which.Environment.IsUnfit |= random.Next(6) == 0 || !IsFit(which.Environment);
        Do(() => which.Slot.Return(!which.Environment.IsUnfit));
    }

    private void Do(Action action) => scheduler.Enter(() =>
    {
        action();
        return true;
    });

    /// <summary>Everyone who was given something takes it; then the counts must be right.</summary>
    private void Settle()
    {
        scheduler.RunReady();
        foreach (var (plan, lease) in waiting.Where(waiter => waiter.Lease.IsCompleted).ToArray())
        {
            waiting.Remove((plan, lease));
            if (Now(lease) is not Lease.Granted { Slot: { Environment: ModelEnvironment environment } slot })
                continue;
            leased.Add((slot, environment));
            environment.Busy++;
            Assert.True(environment.Busy <= settings.SlotsPerEnvironment, "too many at once in one environment");
            Assert.True(environment.Plan.Revision >= plan.Revision, "an environment is older than its caller");
        }

        foreach (var environment in living.Where(environment => environment.IsIdle && !environment.IsBroken))
            Assert.True(IsFit(environment), "an environment is kept that is of no use");
        Assert.Equal(Taken(), real.MemoryTaken);

        var starting = living.Count(environment => !environment.IsReady);
        if (living.TrueForAll(environment => !environment.GaveWay))
            Assert.Equal(Math.Min(waiting.Count, settings.StartsAtOnce), starting);
    }

    private void Drain()
    {
        var drained = scheduler.Enter(real.DrainAsync).Unwrap();
        for (var rounds = 0; !drained.IsCompleted; rounds++)
        {
            Assert.True(rounds < 1_000, "the drain hangs");
            Any(environment => !environment.IsReady)?.EndInit();
            Any(environment => environment.IsEnding)?.EndShutdown();
            scheduler.RunReady();
            if (leased.Count > 0)
                Return(leased[0]);
            Settle();
        }

        Assert.Empty(living);
        Assert.Equal(0, real.MemoryTaken);
        Assert.Equal(0, scheduler.ForeignEntries);
    }

    private void Edit(int version) => plans[version] = new EnvironmentPlan
    {
        Function = new FunctionConfiguration
        {
            Name = $"function-{version}",
            Handler = "h",
            Runtime = "provided",
            MemoryMegabytes = 1_024 >> random.Next(3),
        },
        Files = new FunctionFiles("/var/task", "/opt"),
        Runtime = new RuntimeCommand(null, [], "", "", null, _ => []),
        Revision = ++revision,
    };

    private long Taken() =>
        living.Where(environment => !environment.GaveWay).Sum(environment => environment.Bytes) + WaitingBytes();

    // Whoever waits has its share, until the environment is made that has it from then on.
    private long WaitingBytes() =>
        waiting.Sum(waiter => waiter.Plan.Function.MemoryMegabytes * 1024L * 1024)
        - living.Where(environment => !environment.IsReady).Sum(environment => environment.Bytes);

    private bool IsFit(ModelEnvironment environment)
    {
        var version = plans[0].Version == environment.Plan.Version ? 0 : 1;
        return !environment.IsBroken && !environment.IsUnfit && !environment.IsEnding
            && environment.Plan.Revision >= newest[version] && environment.Plan.Revision > forgotten[version];
    }

    private bool IsOf(ModelEnvironment environment, int version) => environment.Plan.Version == plans[version].Version;

    private bool HasFreeSlot(ModelEnvironment environment) => environment.IsReady && environment.Busy < settings.SlotsPerEnvironment;

    private ModelEnvironment? Any(Func<ModelEnvironment, bool> which)
    {
        var some = living.Where(which).ToArray();
        return some.Length > 0 ? some[random.Next(some.Length)] : null;
    }

    private static Lease Now(Task<Lease> lease)
    {
        Assert.True(lease.IsCompletedSuccessfully, "a caller waits that need not");
        return lease.GetAwaiter().GetResult();
    }
}
