namespace Thaw.Environments.Pool;

/// <summary>All environments of one version of a function, and who waits for one. The pool guards it with its lock.</summary>
internal sealed class Fleet(EnvironmentPlan plan)
{
    private readonly List<PooledEnvironment> available = [];

    /// <summary>What new environments run. Those of an older plan get no further work.</summary>
    public EnvironmentPlan Plan { get; private set; } = plan;

    /// <summary>The longest first.</summary>
    public LinkedList<Waiter> Waiting { get; } = [];

    /// <summary>Invocations that are answered while their environment is still at work.</summary>
    public int Finishing { get; set; }

    /// <summary>How many are to be without work at any time, made ahead of callers.</summary>
    public int Spares { get; set; }

    /// <summary>Those without work.</summary>
    public int IdleCount => available.Count(environment => environment.Busy == 0);

    /// <summary>One of those without work may go.</summary>
    public bool HasTooMany => Spares == 0 || IdleCount > Spares;

    /// <summary>Takes over a newer plan and returns the environments without work that it makes useless.</summary>
    public IReadOnlyList<PooledEnvironment> Renew(EnvironmentPlan newer)
    {
        if (newer.Revision <= Plan.Revision)
            return [];
        Plan = newer;
        return [.. available.Where(environment => environment.Busy == 0)];
    }

    /// <summary>The function is no more.</summary>
    public bool IsForgotten { get; set; }

    public bool IsStale(PooledEnvironment environment) => IsForgotten || environment.Plan.Revision < Plan.Revision;

    /// <summary>The one that worked last: it is the warmest, and those in excess grow old and retire.</summary>
    public PooledEnvironment? Available => available.Count > 0 ? available[^1] : null;

    public void Add(PooledEnvironment environment) => available.Add(environment);

    public void Remove(PooledEnvironment environment)
    {
        // Nearly always the last one.
        var at = available.LastIndexOf(environment);
        if (at >= 0)
            available.RemoveAt(at);
    }
}
