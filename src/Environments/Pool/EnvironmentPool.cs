namespace Thaw.Environments.Pool;

/// <summary>
/// Keeps environments warm and leases their slots.
///
///   caller --> a free slot? ------------------------------------------------------> leased
///                  | no
///                  +--> one has answered and is about to be free? --(patience)----> leased
///                  |        | not in time
///                  |        v
///                  +--> memory? --> others without work give way --> none: refused, at once
///                           |
///                           +--> its turn to start --> create, Init --------------> leased
///                                (or one becomes free meanwhile)
///
/// Retired are those without work for long, the old, the broken, and those of an older plan once their work is done. Spare ones are made
/// ahead of callers, of memory and turns that nobody needs. Memory is lent to others, too.
/// </summary>
public sealed partial class EnvironmentPool : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<VersionId, Fleet> fleets = [];
    private readonly HashSet<PooledEnvironment> alive = [];
    private readonly LinkedList<PooledEnvironment> idle = [];    // The one longest without work first.
    private readonly WaitingLine line;
    private readonly PoolSettings settings;
    private readonly IEnvironmentFactory factory;
    private readonly TimeProvider time;
    private readonly MemoryBudget memory;
    private readonly Spares spares;
    private readonly ITimer ageing;
    private readonly Action<PooledEnvironment> end;
    private TaskCompletionSource? closed;

    public EnvironmentPool(PoolSettings settings, IEnvironmentFactory factory, TimeProvider time)
    {
        (this.settings, this.factory, this.time) = (settings, factory, time);
        end = environment => _ = EndAsync(environment);
        memory = new MemoryBudget(settings.MemoryBytes);
        spares = new Spares(memory);
        line = new WaitingLine(settings, time, StartAsync, LosePatience);
        var often = TimeSpan.FromTicks(Math.Max(settings.IdleLifetime.Ticks / 10, TimeSpan.TicksPerMillisecond));
        ageing = time.CreateTimer(_ => RetireAged(), null, often, often);
    }

    /// <summary>Of the memory, what environments have, what waits for new ones, and what is lent, in bytes.</summary>
    public long MemoryTaken => memory.Taken;

    /// <summary>A slot for one invocation of the plan's function. Waits while an environment starts.</summary>
    public ValueTask<Lease> LeaseAsync(EnvironmentPlan plan)
    {
        Consequences then = default;
        PooledEnvironment? free;
        Waiter? waiter = null;
        lock (gate)
        {
            if (closed is not null)
                return new(new Lease.Closed());
            var fleet = FleetOf(plan, ref then);
            free = TakeAvailable(fleet, ref then);
            if (free is null)
                waiter = Wait(fleet, ref then);
            if (fleet.Spares > 0)
                Refill();
        }

        then.Happen(end);
        return waiter is null ? new(new Lease.Granted(new InvocationSlot(this, free!))) : new(waiter.Granted);
    }

    /// <summary>
    /// From now on so many environments of the plan's version are ready without work, as long as nobody else needs their memory. They
    /// are made in the background, one after the other, and replaced when they get work.
    /// </summary>
    /// <param name="count">At least 0, which is what everybody has who never asked.</param>
    public void KeepSpares(EnvironmentPlan plan, int count)
    {
        Consequences then = default;
        lock (gate)
        {
            if (closed is not null)
                return;
            spares.Keep(FleetOf(plan, ref then), count);
            Refill();
        }

        then.Happen(end);
    }

    /// <summary>The function is no more: its environments without work end now, the others when their work is done.</summary>
    public void Forget(VersionId version)
    {
        Consequences then = default;
        lock (gate)
        {
            if (fleets.Remove(version, out var fleet))
            {
                fleet.IsForgotten = true;
                spares.Keep(fleet, 0);

                // Those that are retired end already, or will by themselves: nobody ends twice.
                foreach (var environment in alive.Where(environment => environment.Fleet == fleet && !environment.IsRetired).ToArray())
                    RetireWhenFree(environment, ref then);
            }
        }

        then.Happen(end);
    }

    /// <summary>
    /// Lets everyone finish, and ends all environments. Completes when nothing is left; whoever asks for a slot meanwhile is refused.
    /// </summary>
    public Task DrainAsync()
    {
        Consequences then = default;
        lock (gate)
        {
            if (closed is not null)
                return closed.Task;
            closed = new TaskCompletionSource();
            foreach (var waiter in line.All)
                Refuse(waiter, new Lease.Closed(), ref then);
            foreach (var environment in idle.ToArray())
                Retire(environment, ref then);
            spares.Starting?.IsRetired = true;
            CompleteDrain(ref then);
        }

        then.Happen(end);
        return closed.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        await line.DisposeAsync();
        await ageing.DisposeAsync();
    }

    internal void Answered(PooledEnvironment environment)
    {
        lock (gate)
            environment.Fleet.Finishing++;
    }

    internal void Return(PooledEnvironment environment, bool isFit, bool wasAnswered)
    {
        Consequences then = default;
        lock (gate)
        {
            environment.Busy--;
            if (wasAnswered)
                environment.Fleet.Finishing--;
            if (!isFit || IsUnfit(environment))
                RetireWhenFree(environment, ref then);
            else if (environment.Fleet.Waiting.First is { Value: var first })
                Hand(environment, first, ref then);
            else
                MakeAvailable(environment);
            Lend(ref then);
        }

        then.Happen(end);
    }

    // --- under the lock; what happens outside of it is in EnvironmentPool.Starts.cs ------------------------------------------------

    private Fleet FleetOf(EnvironmentPlan plan, ref Consequences then)
    {
        if (!fleets.TryGetValue(plan.Version, out var fleet))
            fleets[plan.Version] = fleet = new Fleet(plan);
        foreach (var stale in fleet.Renew(plan))
            Retire(stale, ref then);
        return fleet;
    }

    private PooledEnvironment? TakeAvailable(Fleet fleet, ref Consequences then)
    {
        while (fleet.Available is { } free)
        {
            if (IsUnfit(free))
            {
                RetireWhenFree(free, ref then);
                continue;
            }

            Occupy(free);
            return free;
        }

        return null;
    }

    private Waiter Wait(Fleet fleet, ref Consequences then)
    {
        var waiter = line.Enter(fleet);
        if (fleet.Finishing >= fleet.Waiting.Count)
            line.BePatient(waiter);
        else
            LineUp(waiter, ref then);
        return waiter;
    }

    /// <summary>It gets an environment of its own, if there is memory for it.</summary>
    private void LineUp(Waiter waiter, ref Consequences then)
    {
        waiter.Plan = waiter.Fleet.Plan;
        if (!TryMakeRoom(waiter.Plan.MemoryBytes, ref then))
        {
            Refuse(waiter, new Lease.OutOfMemory(), ref then);
            return;
        }

        waiter.SetAside = memory.Take(waiter.Plan.MemoryBytes);
        waiter.StartsAfter = [.. memory.GivenAway];
        line.LineUp(waiter);
        StartNext(ref then);
    }

    /// <summary>So much is left then, for others without work have given way. If that is not enough, they stay.</summary>
    private bool TryMakeRoom(long bytes, ref Consequences then)
    {
        PooledEnvironment[] ending = memory.Left < bytes ? [.. alive.Where(one => one is { IsRetired: true, Busy: 0, SetAside: > 0 })] : [];
        if (memory.Left + spares.SetAside + ending.Concat(idle).Sum(environment => environment.SetAside) < bytes)
            return false;

        Array.ForEach(ending, memory.GiveAway);
        while (memory.Left < bytes && (spares is { SetAside: > 0, Starting: { } unborn } ? unborn : idle.First?.Value) is { } victim)
        {
            memory.GiveAway(victim);
            Retire(victim, ref then);
        }

        return true;
    }

    private void StartNext(ref Consequences then)
    {
        while (line.TryStartNext(out var next))
            then.Start(next);
    }

    private void Hand(PooledEnvironment environment, Waiter waiter, ref Consequences then)
    {
        StopWaiting(waiter);
        Occupy(environment);
        if (environment.Busy < settings.SlotsPerEnvironment)
            MakeAvailable(environment);
        then.Give(waiter, new Lease.Granted(new InvocationSlot(this, environment)));
    }

    private void Refuse(Waiter waiter, Lease refusal, ref Consequences then)
    {
        StopWaiting(waiter);
        then.Give(waiter, refusal);
    }

    private void StopWaiting(Waiter waiter)
    {
        line.Leave(waiter);
        memory.Give(waiter.SetAside);
        waiter.SetAside = 0;
    }

    private void Occupy(PooledEnvironment environment)
    {
        if (environment.Busy == 0)
            idle.Remove(environment);
        if (++environment.Busy == settings.SlotsPerEnvironment)
            environment.Fleet.Remove(environment);
    }

    private void MakeAvailable(PooledEnvironment environment)
    {
        environment.Fleet.Remove(environment);
        environment.Fleet.Add(environment);
        if (environment.Busy > 0)
            return;
        environment.IdleSince = time.GetTimestamp();
        idle.AddLast(environment);
    }

    // It may have broken, or its function changed, while it was at work.
    private bool IsUnfit(PooledEnvironment environment) =>
        environment.IsRetired || closed is not null || environment.Environment.IsBroken || IsAged(environment)
        || environment.Fleet.IsStale(environment);

    private bool IsAged(PooledEnvironment environment) => time.GetElapsedTime(environment.BornAt) >= settings.Lifetime;

    private void RetireWhenFree(PooledEnvironment environment, ref Consequences then)
    {
        environment.IsRetired = true;
        environment.Fleet.Remove(environment);
        if (environment.Busy == 0)
            Retire(environment, ref then);
    }

    private void Retire(PooledEnvironment environment, ref Consequences then)
    {
        environment.IsRetired = true;
        environment.Fleet.Remove(environment);
        idle.Remove(environment);
        if (environment != spares.Starting)
            then.End(environment);
    }

    private void Refill()
    {
        if (closed is not null || borrowers.Count > 0 || spares.NextShort() is not { } fleet || !line.TryTakeTurn())
            return;
        var spare = spares.Begin(fleet, time.GetTimestamp());
        alive.Add(spare);
        _ = StartSpareAsync(spare);
    }

    private void CompleteDrain(ref Consequences then)
    {
        if (closed is not null && alive.Count == 0 && !line.IsStarting)
            then.Drained(closed);
    }
}
