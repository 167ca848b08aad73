namespace Thaw.Environments.Pool;

/// <summary>
/// Environments that are made ahead of any caller: how many each fleet is to have without work, and the one that is being made. One at a
/// time, when no caller waits for a turn, and only of memory that nobody has. The pool guards it with its lock.
/// </summary>
internal sealed class Spares(MemoryBudget memory)
{
    private readonly List<Fleet> fleets = [];
    private readonly HashSet<Fleet> resting = [];

    /// <summary>The one that is being made; null when none is.</summary>
    public PooledEnvironment? Starting { get; private set; }

    /// <summary>What may be had when others need it, in bytes: the one that is being made ends as soon as it is there.</summary>
    public long SetAside => Starting is { IsRetired: false } ? Starting.SetAside : 0;

    /// <param name="count">How many the fleet is to have from now on, at least 0.</param>
    public void Keep(Fleet fleet, int count)
    {
        fleet.Spares = count;
        fleets.Remove(fleet);
        resting.Remove(fleet);
        if (count > 0)
            fleets.Add(fleet);
    }

    /// <summary>Who is short of one that there is memory for; null for nobody.</summary>
    public Fleet? NextShort() => fleets.Count == 0 || Starting is not null || memory.GivenAway.Count > 0
        ? null
        : fleets.Find(fleet => fleet.IdleCount < fleet.Spares && fleet.Plan.MemoryBytes <= memory.Left && !resting.Contains(fleet));

    /// <summary>Begins to make one.</summary>
    /// <param name="now">A timestamp of the pool's clock.</param>
    public PooledEnvironment Begin(Fleet fleet, long now) =>
        Starting = new PooledEnvironment(fleet, fleet.Plan, now) { SetAside = memory.Take(fleet.Plan.MemoryBytes) };

    /// <summary>It has been made, well or not. A fleet for which it went wrong rests until <see cref="Wake"/>.</summary>
    public void End(bool isReady)
    {
        if (!isReady)
            resting.Add(Starting!.Fleet);
        Starting = null;
    }

    /// <summary>What went wrong may be over.</summary>
    public void Wake() => resting.Clear();
}
