namespace Thaw.Environments.Pool;

/// <summary>What a decision under the pool's lock leads to, done after the lock is given back: others go on, environments end.</summary>
internal struct Consequences
{
    private List<(Waiter Waiter, Lease? Lease)>? grants;
    private List<MemoryLoan>? loans;
    private List<PooledEnvironment>? ending;
    private TaskCompletionSource? calm, drained;

    public void Give(Waiter waiter, Lease? lease) => (grants ??= []).Add((waiter, lease));

    public void Lend(MemoryLoan loan) => (loans ??= []).Add(loan);

    public void End(PooledEnvironment environment) => (ending ??= []).Add(environment);

    public void Calm(TaskCompletionSource starts) => calm = starts;

    public void Drained(TaskCompletionSource drain) => drained = drain;

    public readonly void Happen(Action<PooledEnvironment> end)
    {
        foreach (var (waiter, lease) in grants ?? [])
            waiter.Give(lease);
        foreach (var loan in loans ?? [])
            loan.Grant();
        foreach (var environment in ending ?? [])
            end(environment);
        calm?.TrySetResult();
        drained?.TrySetResult();
    }
}
