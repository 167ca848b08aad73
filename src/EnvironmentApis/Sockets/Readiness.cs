using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// One who waits for something that happens again and again, and who is told without a task, a lock or a change of threads.
/// <code>
///   WaitAsync ----> waiting ----Ring----> goes on, in the ringing thread
///   Ring      ----> rung    ----WaitAsync----> goes on at once
/// </code>
/// To ring twice is as good as once: whoever goes on has to look at everything that there is.
/// </summary>
/// <param name="inline">Otherwise whoever waits goes on in the pool.</param>
internal sealed class Readiness(bool inline) : IValueTaskSource
{
    private static readonly Action<object?> Rung = static _ => { };

    private Action<object?>? waiter;    // Null when nobody waits and nobody has rung.
    private object? state;

    /// <summary>To be awaited by one at a time, at once.</summary>
    public ValueTask WaitAsync() => new(this, 0);

    public void Ring()
    {
        if (TryTake(out var going) && inline)
            going(state);
        else if (going is not null)
            Queue(going, state);
    }

    /// <summary>As <see cref="Ring"/>, for somebody with locks or a context of his own: whoever waits goes on in the pool.</summary>
    public void RingElsewhere()
    {
        if (TryTake(out var going))
            Queue(going, state);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        ReferenceEquals(Volatile.Read(ref waiter), Rung) ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    // Whoever waits in the lanes has neither a context nor a scheduler.
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        this.state = state;
        if (Interlocked.CompareExchange(ref waiter, continuation, null) is not null)
            Queue(continuation, state);
    }

    void IValueTaskSource.GetResult(short token) => Volatile.Write(ref waiter, null);

    private bool TryTake([NotNullWhen(true)] out Action<object?>? going)
    {
        going = Interlocked.Exchange(ref waiter, Rung);
        if (ReferenceEquals(going, Rung))
            going = null;
        return going is not null;
    }

    private static void Queue(Action<object?> going, object? state) =>
        ThreadPool.UnsafeQueueUserWorkItem(going, state, preferLocal: true);
}
