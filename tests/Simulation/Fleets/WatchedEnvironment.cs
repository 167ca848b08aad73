using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.SimulationTests.Fleets;

/// <summary>An environment of the pool's, between the pool and the real lifecycle: it watches what the pool does with it.</summary>
internal sealed class WatchedEnvironment(
    FleetWorld fleet, SimulatedFunction function, EnvironmentPlan plan, SimulatedEnvironment environment) : IEnvironment
{
    private readonly World world = fleet.World;
    private readonly long bornAt = fleet.World.Time.GetTimestamp();
    private EnvironmentState state = EnvironmentState.New;
    private bool hasWorked;
    private bool isSpent;
    private bool isVacated;
    private long brokenAt = long.MaxValue;
    private long freeSince;

    public bool IsBroken => environment.IsBroken;

    public bool IsRestored => environment.Snapshot is not null;

    /// <summary>What its processes may hold, as long as there are any.</summary>
    public long Megabytes => isVacated ? 0 : plan.Function.MemoryMegabytes;

    /// <summary>It has had nothing to do since before this moment.</summary>
    public bool IsIdle => state == EnvironmentState.Free && hasWorked && freeSince < world.Time.GetTimestamp();

    public async Task<PhaseOutcome> GetReadyAsync()
    {
        Enter(EnvironmentState.Initializing, from: EnvironmentState.New);
        var outcome = await environment.GetReadyAsync();
        Enter(EnvironmentState.Free, from: EnvironmentState.Initializing);
        freeSince = world.Time.GetTimestamp();
        if (fleet.Faults.Refuses)
            throw new SandboxException("The sandbox was lost in Init");
        if (fleet.IsFaultless && !outcome.IsSuccess)
            environment.Violate($"did not get ready though everyone behaves: {outcome}");
        return outcome;
    }

    public async Task<PhaseOutcome> InvokeAsync(Invocation invocation)
    {
        var call = fleet.Ledger.Begins(invocation);
        CheckFitness(call);
        Enter(EnvironmentState.Working, from: EnvironmentState.Free);
        hasWorked = true;
        environment.Note($"begins {call}");
        try
        {
            var outcome = await environment.InvokeAsync(invocation);
            isSpent |= outcome is PhaseOutcome.Failed { ErrorType.IsPlatformFault: true };

            // Its log is put in order.
            if (world.Random.Next(4) == 0)
                await world.Pause(20, CancellationToken.None);
            if (fleet.Faults.BreaksDown && world.Random.Next(8) == 0)
                BreakDown();
            if (fleet.Faults.Refuses && world.Random.Next(4) == 0)
                throw new SandboxException("The sandbox was lost in Invoke");
            return outcome;
        }
        catch (SandboxException)
        {
            isSpent = true;
            throw;
        }
        finally
        {
            Enter(EnvironmentState.Free, from: EnvironmentState.Working);
            freeSince = world.Time.GetTimestamp();
            isSpent |= IsBroken || IsStale(freeSince) || IsAged(freeSince);
        }
    }

    public async Task<bool> ShutdownAsync(ShutdownReason reason)
    {
        Enter(EnvironmentState.Ending, from: EnvironmentState.Free);
        isVacated = await environment.ShutdownAsync(reason);
        if (isVacated)
            fleet.Ledger.Vacated(plan.Function.MemoryMegabytes);
        return isVacated;
    }

    public async ValueTask DisposeAsync()
    {
        // Before anything has begun in it, there is nothing to be shut down.
        Enter(EnvironmentState.Gone, from: state == EnvironmentState.New ? EnvironmentState.New : EnvironmentState.Ending);
        if (fleet.Faults.IsSlow)
            await world.Pause(1_000, CancellationToken.None);
        await environment.DisposeAsync();
        fleet.Ledger.Gone(this);
        if (fleet.Faults.Refuses)
            throw new SandboxException("Something is left");
    }

    /// <summary>It collapses some time, whatever it is doing.</summary>
    public async Task BreakDownLaterAsync()
    {
        await world.Pause(20_000, CancellationToken.None);
        if (state is not (EnvironmentState.Ending or EnvironmentState.Gone))
            BreakDown();
    }

    private void BreakDown()
    {
        if (IsBroken)
            return;
        brokenAt = world.Time.GetTimestamp();
        environment.BreakDown();
    }

    private void Enter(EnvironmentState next, EnvironmentState from)
    {
        if (state != from)
            environment.Violate($"was {state} when it had to be {from} to become {next}");
        state = next;
    }

    // What happens now may have crossed with the pool's decision, and its first invocation is the one that it was made for.
    private void CheckFitness(Call call)
    {
        var before = world.Time.GetTimestamp() - 1;
        if (plan.Revision < call.OldestRevision)
            environment.Violate($"revision {plan.Revision} got {call}, which is for {call.OldestRevision} or newer");
        if (isSpent)
            environment.Violate($"got {call} though it is fit for none");
        if (!hasWorked)
            return;
        if (IsStale(before))
            environment.Violate($"revision {plan.Revision} got {call} after revision {function.NewestLeased} was leased");
        if (brokenAt <= before)
            environment.Violate($"got {call} though it is broken");
        if (IsAged(before))
            environment.Violate($"got {call} though it is old");
    }

    private bool IsStale(long asOf) => function.IsStale(plan, bornAt, asOf);

    private bool IsAged(long asOf) => asOf - bornAt >= fleet.PoolSettings.Lifetime.Ticks + TimeSpan.TicksPerSecond;
}
