using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests.Fleets;

/// <summary>
/// What the world has seen with its own eyes, counted apart from the pool: calls from their routing to their answer, environments from
/// their creation to their end. It knows no decision of the pool, and so it can judge them.
/// </summary>
internal sealed class Ledger(FleetWorld fleet)
{
    private readonly World world = fleet.World;
    private readonly List<Call> calls = [];
    private readonly Dictionary<string, Call> byId = [];
    private readonly List<WatchedEnvironment> living = [];
    private readonly List<Call> waiting = [];
    private readonly List<Call> running = [];
    private int creatingMegabytes, wantedMegabytes, lentMegabytes;
    private long freedMegabytes;
    private long freedAt;
    private int inside;

    /// <summary>Environments that were made.</summary>
    public int Lives { get; private set; }

    /// <summary>Of these, restored from a snapshot.</summary>
    public int Restored { get; private set; }

    /// <summary>Memory that somebody has borrowed, and had.</summary>
    public int Loans { get; private set; }

    public int Accepted { get; private set; }

    public int TurnedAway { get; private set; }

    public IReadOnlyList<Call> Calls => calls;

    public int Living => living.Count;

    /// <summary>When the making of an environment began last, as a timestamp of the world's clock.</summary>
    public long LastCreation { get; private set; }

    // --- calls -------------------------------------------------------------------------------------------------------------------

    public Call Routes(SimulatedFunction function, EnvironmentPlan plan)
    {
        var call = new Call
        {
            Id = $"{plan.Function.Name}-{calls.Count + 1}",
            Function = function,
            Plan = plan,
            RoutedAt = world.Time.GetTimestamp(),
            OldestRevision = Math.Max(function.NewestLeased, plan.Revision),
        };
        calls.Add(call);
        byId[call.Id] = call;
        waiting.Add(call);
        inside++;
        return call;
    }

    /// <summary>The place of one that is throttled was never taken, and all of them are: by others.</summary>
    public void Throttled(Call call)
    {
        LeavesTheDoor(call);
        inside--;
        TurnedAway++;
        if (inside < fleet.Limiter.Limit)
            world.Violate($"{call} was throttled beside {inside} others; {fleet.Limiter.Limit} may be at work");
    }

    public void Refused(Call call, Lease lease)
    {
        // Before its own share is given back: it had none.
        if (lease is Lease.OutOfMemory)
            CheckScarcity(call);
        LeavesTheDoor(call);
        inside--;
        TurnedAway++;
        switch (lease)
        {
            case Lease.Closed when !fleet.IsClosed:
                world.Violate($"{call} was refused by a pool that is open");
                break;
            case Lease.Failed or Lease.NotRestored when fleet.IsFaultless:
                world.Violate($"{call} was refused though everyone behaves: {lease}");
                break;
        }
    }

    public void Accepts(Call call)
    {
        LeavesTheDoor(call);
        Accepted++;
    }

    /// <summary>An environment has been given the invocation.</summary>
    public Call Begins(Invocation invocation)
    {
        var call = byId[invocation.RequestId.Value];
        running.Add(call);
        if (running.Count > fleet.Limiter.Limit)
            world.Violate($"{running.Count} invocations run; {fleet.Limiter.Limit} may be unanswered");
        return call;
    }

    public void Answered(Call call)
    {
        inside--;
        if (!running.Remove(call))
            world.Violate($"{call} was answered without being run");
        var took = world.Time.GetElapsedTime(call.RoutedAt);
        if (took > fleet.AnswerBound)
            world.Violate($"{call} was answered after {took}");
    }

    /// <summary>Someone else's invocation, for a liar.</summary>
    public string AnotherThan(string id) =>
        running.Count > 0 && running[world.Random.Next(running.Count)] is var other && other.Id != id ? other.Id : "nobody's";

    // --- environments --------------------------------------------------------------------------------------------------------------

    public void Creates(EnvironmentPlan plan)
    {
        LastCreation = world.Time.GetTimestamp();
        creatingMegabytes += plan.Function.MemoryMegabytes;
        CheckBudget();
    }

    public void NotCreated(EnvironmentPlan plan)
    {
        creatingMegabytes -= plan.Function.MemoryMegabytes;
        Freed(plan.Function.MemoryMegabytes);
    }

    public void Created(EnvironmentPlan plan, WatchedEnvironment environment)
    {
        creatingMegabytes -= plan.Function.MemoryMegabytes;
        living.Add(environment);
        Lives++;
        if (environment.IsRestored)
            Restored++;
    }

    /// <param name="megabytes">What was its own.</param>
    public void Vacated(long megabytes) => Freed(megabytes);

    public void Gone(WatchedEnvironment environment)
    {
        living.Remove(environment);
        Freed(environment.Megabytes);
    }

    // --- memory that is lent -------------------------------------------------------------------------------------------------------

    public void WantsLoan(EnvironmentPlan plan) => wantedMegabytes += plan.Function.MemoryMegabytes;

    public void WantsNoLoan(EnvironmentPlan plan)
    {
        wantedMegabytes -= plan.Function.MemoryMegabytes;
        Freed(plan.Function.MemoryMegabytes);
    }

    public void Borrows(EnvironmentPlan plan)
    {
        world.Note($"an original of {plan.Function.Name} begins");
        Loans++;
        lentMegabytes += plan.Function.MemoryMegabytes;
        CheckBudget();
    }

    public void GivesBack(EnvironmentPlan plan) => lentMegabytes -= plan.Function.MemoryMegabytes;

    private void CheckBudget()
    {
        var taken = creatingMegabytes + lentMegabytes + living.Sum(environment => environment.Megabytes);
        if (taken > fleet.BudgetMegabytes)
            world.Violate($"environments take {taken} MB; there are {fleet.BudgetMegabytes}");
    }

    private void LeavesTheDoor(Call call)
    {
        waiting.Remove(call);
        Freed(call.Function.LargestMegabytes);
    }

    /// <summary>
    /// Counts as much as may have been taken when the call was refused, some of it twice: whoever waits may have its share, and what
    /// was given back at this very moment may have been so a little later.
    /// </summary>
    private void CheckScarcity(Call call)
    {
        Freed(0);
        var taken = freedMegabytes + wantedMegabytes
            + living.Where(environment => !environment.IsIdle).Sum(environment => environment.Megabytes)
            + waiting.Where(other => other != call).Sum(other => other.Function.LargestMegabytes);
        if (taken + call.Function.LargestMegabytes <= fleet.BudgetMegabytes)
            world.Violate($"{call} was refused for want of memory; at most {taken} of {fleet.BudgetMegabytes} MB are taken");
    }

    private void Freed(long megabytes)
    {
        var now = world.Time.GetTimestamp();
        freedMegabytes = megabytes + (freedAt == now ? freedMegabytes : 0);
        freedAt = now;
    }
}
