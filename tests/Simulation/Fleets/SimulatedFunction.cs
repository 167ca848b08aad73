using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;

namespace Thaw.SimulationTests.Fleets;

/// <summary>A function of the world, and its edits. Only the newest plan that a caller came with counts: the pool knows no other.</summary>
internal sealed class SimulatedFunction
{
    public const int MaxMemoryMegabytes = 1_024;

    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(6);

    private readonly World world;
    private readonly string name;
    private readonly Dictionary<long, int> extensions = [];
    private readonly bool isForSnapStart;
    private readonly List<(long At, long Revision)> leased = [];
    private long revision;
    private long forgottenAt = -1;

    /// <param name="isForSnapStart">Its environments are restored from a snapshot, while there is one that is of use.</param>
    public SimulatedFunction(World world, string name, bool isForSnapStart)
    {
        (this.world, this.name, this.isForSnapStart) = (world, name, isForSnapStart);
        RuntimeAwaitsRestore = isForSnapStart && world.Random.Next(2) == 0;
        Plan = NewPlan();
    }

    public EnvironmentPlan Plan { get; private set; }

    /// <summary>Its runtime knows of snapshots.</summary>
    public bool RuntimeAwaitsRestore { get; }

    /// <summary>Of the newest plan; null while it is being taken, and for functions that have none.</summary>
    public SimulatedSnapshot? Snapshot { get; private set; }

    /// <summary>The most that any of its revisions takes.</summary>
    public int LargestMegabytes { get; private set; }

    /// <summary>The newest revision that the pool has been asked for.</summary>
    public long NewestLeased => leased.Count > 0 ? leased[^1].Revision : 0;

    public int ExtensionsOf(EnvironmentPlan plan) => extensions[plan.Revision];

    public void Edit()
    {
        Plan = NewPlan();
        world.Note($"{name} edited: revision {revision}, {Plan.Function.MemoryMegabytes} MB");
    }

    /// <summary>Its snapshot was removed, or is of no use; another is taken behind whoever finds that out.</summary>
    public void LoseSnapshot()
    {
        if (Snapshot is null)
            return;
        Snapshot = null;
        world.Note($"{name} has lost its snapshot");
        world.Launch(async () =>
        {
            await world.Pause(10_000, CancellationToken.None);
            TakeSnapshot();
        });
    }

    /// <summary>The pool is asked for an environment of this plan.</summary>
    public void Leases(EnvironmentPlan plan)
    {
        if (plan.Revision > NewestLeased)
            leased.Add((world.Time.GetTimestamp(), plan.Revision));
    }

    public void Forgotten()
    {
        world.Note($"{name} forgotten");
        forgottenAt = world.Time.GetTimestamp();
        leased.Clear();
    }

    /// <summary>Whether it was clear at that time that an environment of this plan, and born then, must get no more work.</summary>
    public bool IsStale(EnvironmentPlan plan, long bornAt, long asOf) =>
        (forgottenAt >= bornAt && forgottenAt <= asOf) || leased.Exists(lease => lease.At <= asOf && lease.Revision > plan.Revision);

    private EnvironmentPlan NewPlan()
    {
        revision++;
        extensions[revision] = world.Random.Next(3);
        var function = new FunctionConfiguration
        {
            Name = name,
            Handler = "h",
            Runtime = "provided",
            MemoryMegabytes = MaxMemoryMegabytes >> world.Random.Next(4),
            Timeout = TimeSpan.FromSeconds(1 + world.Random.Next((int)MaxTimeout.TotalSeconds)),
        };
        LargestMegabytes = Math.Max(LargestMegabytes, function.MemoryMegabytes);
        if (isForSnapStart)
            TakeSnapshot();
        return new EnvironmentPlan
        {
            Function = function,
            Files = new FunctionFiles("/var/task", "/opt"),
            Runtime = new RuntimeCommand(null, [], "", "", null, _ => []),
            Revision = revision,
            InitializationType = isForSnapStart ? InitializationType.SnapStart : InitializationType.OnDemand,
        };
    }

    private void TakeSnapshot() => Snapshot = new SimulatedSnapshot(world, extensions[revision], RuntimeAwaitsRestore);
}
