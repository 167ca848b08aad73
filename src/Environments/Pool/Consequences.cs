using System.Runtime.InteropServices;

namespace Thaw.Environments.Pool;

/// <summary>What a decision under the pool's lock leads to, done after the lock is given back: others go on, environments end.</summary>
internal struct Consequences
{
    private List<(Waiter Waiter, Lease Lease)>? grants;
    private List<Waiter>? starting;
    private List<MemoryLoan>? loans;
    private List<PooledEnvironment>? ending;
    private TaskCompletionSource? calm, drained;

    public void Give(Waiter waiter, Lease lease) => (grants ??= []).Add((waiter, lease));

    public void Start(Waiter waiter) => (starting ??= []).Add(waiter);

    public void Lend(MemoryLoan loan) => (loans ??= []).Add(loan);

    public void End(PooledEnvironment environment) => (ending ??= []).Add(environment);

    public void Calm(TaskCompletionSource starts) => calm = starts;

    public void Drained(TaskCompletionSource drain) => drained = drain;

    // Mostly there is one of one kind, or nothing at all: of lists that are not there the spans are empty.
    public readonly void Happen(Action<PooledEnvironment> end)
    {
        foreach (var (waiter, lease) in CollectionsMarshal.AsSpan(grants))
            waiter.Give(lease);
        foreach (var waiter in CollectionsMarshal.AsSpan(starting))
            _ = waiter.StartAsync();
        foreach (var loan in CollectionsMarshal.AsSpan(loans))
            loan.Grant();
        foreach (var environment in CollectionsMarshal.AsSpan(ending))
            end(environment);
        calm?.TrySetResult();
        drained?.TrySetResult();
    }
}
